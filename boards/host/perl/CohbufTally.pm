# SPDX-License-Identifier: GPL-2.0-only
#
# A formatter for prove: what prove prints, then "N passed, N failed" as a line of
# its own. A skipped test is neither; a test that was announced and never ran, and
# a program that ended with an error although its tests passed, are failures.
package CohbufTally;

use strict;
use warnings;
use TAP::Formatter::Console;
use TAP::Formatter::File;

# As prove itself chooses: progress on a terminal, plain lines elsewhere.
our @ISA = (-t STDOUT ? 'TAP::Formatter::Console' : 'TAP::Formatter::File');

sub summary {
	my ($self, $aggregate, @rest) = @_;
	my ($passed, $failed, $skipped) = (0, 0, 0);

	$self->SUPER::summary($aggregate, @rest);
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
