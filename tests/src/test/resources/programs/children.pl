# fork, pipe, system, backquotes, exec, wait, kill, open with pipes.
use strict; use warnings; $| = 1;
print `echo backquotes`, system('exit 3;') >> 8, "\n";
pipe my $r, my $w; my $pid = fork // die;
if (!$pid) { close $r; print $w "from the child\n"; close $w; exit 6 }
close $w; print <$r>; waitpid $pid, 0; print $? >> 8, "\n";
open my $sorted, '|-', 'sort' or die; print $sorted "b\na\n"; close $sorted;
open my $seq, '-|', 'seq 3' or die; print map { "got $_" } <$seq>; close $seq;
$pid = fork // die; if (!$pid) { sleep 60; exit } kill 'TERM', $pid; waitpid $pid, 0; print $? & 127, "\n";
my %left = map { my $n = $_; my $p = fork // die; exit $n if !$p; ($p, $n) } 1 .. 5;
while ((my $p = wait) > 0) { print "wrong\n" if $left{$p} != $? >> 8; delete $left{$p} } print scalar(keys %left), "\n";
$SIG{CHLD} = sub { print "child signal\n" }; system 'true'; 
exec 'sh', '-c', 'echo replaced; exit 9';
