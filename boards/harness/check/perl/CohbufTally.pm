# SPDX-License-Identifier: GPL-2.0-only
#
# A formatter for prove: what prove prints, with the processors' time of each suite its
# own, each test that failed with what it said, then "N passed, N failed" as a line of its
# own. A skipped test is neither; a test that was announced and never ran, and a program
# that ended with an error although its tests passed, are failures.
package CohbufTally;

use strict;
use warnings;
use TAP::Formatter::Console;
use TAP::Formatter::File;

# As prove itself chooses: progress on a terminal, plain lines elsewhere.
our @ISA = (-t STDOUT ? 'TAP::Formatter::Console' : 'TAP::Formatter::File');

# What a test says stands before its line (programs on boards) or after it (scripts).
sub keep_failures {
	my ($self, $suite, $parser) = @_;
	my ($last_failed, @said);

	$parser->callback(comment => sub {
		my $line = $_[0]->as_string;

		push @said, $line;
		push @{ $self->{cohbuf_failures} }, "  $line\n" if $last_failed;
	});
	$parser->callback(test => sub {
		my ($test) = @_;

		$last_failed = !$test->is_ok;
		push @{ $self->{cohbuf_failures} }, "$suite: " . $test->as_string . "\n",
			map { "  $_\n" } @said if $last_failed;
		@said = ();
	});
}

# What a suite took of the processors: the last line of "times" in its script.
sub keep_times {
	my ($parser) = @_;
	my @times = (0, 0, 0, 0);

	$parser->callback(unknown => sub {
		@times = (0, 0, $1 * 60 + $2, $3 * 60 + $4)
			if $_[0]->as_string =~ /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/;
	});
	$parser->callback(EOF => sub {
		$parser->start_times([0, 0, 0, 0]);
		$parser->end_times([@times]);
	});
}

sub open_test {
	my ($self, $suite, $parser) = @_;

	keep_times($parser);
	$self->keep_failures($suite, $parser);
	return $self->SUPER::open_test($suite, $parser);
}

sub summary {
	my ($self, $aggregate, @rest) = @_;
	my ($passed, $failed, $skipped) = (0, 0, 0);

	$self->SUPER::summary($aggregate, @rest);
	$self->_output($_) for @{ $self->{cohbuf_failures} // [] };
	for my $parser ($aggregate->parsers) {
		my $skips = () = $parser->skipped;
		my $good = (() = $parser->passed) - $skips;
		my $bad = () = $parser->failed;
		my $missing = ($parser->tests_planned // 0) - ($parser->tests_run // 0);

		$bad += $missing if $missing > 0;
		$bad = 1 if !$bad && $parser->has_problems;
		$passed += $good;
		$failed += $bad;
		$skipped += $skips;
	}
	$self->_output("$skipped skipped\n") if $skipped;
	$self->_output("$passed passed, $failed failed\n");
}

1;
