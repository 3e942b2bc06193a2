# Hashes, sorting, regular expressions, formats, sockets, packing, eval and die.
use strict; use warnings; use IO::Socket::INET; use Digest::SHA qw(sha256_hex); use List::Util qw(sum reduce); use POSIX qw(floor strftime);
my %count; $count{$_ * 7919 % 13}++ for 1 .. 5000;
print join(',', map { "$_=$count{$_}" } sort { $a <=> $b } keys %count), "\n";
my $text = join ' ', map { "word$_" } 1 .. 20; (my $other = $text) =~ s/(\d+)/$1 * 2/ge; print "$other\n";
print sha256_hex($text), ' ', sum(1 .. 100), ' ', (reduce { $a * $b } 1 .. 10), ' ', floor(-2.5), ' ', strftime('%Y-%m-%d', gmtime 0), "\n";
printf "%-10s|%5.2f|%x|%s\n", 'left', 3.14159, 255, join ':', unpack 'nC*', pack 'nC*', 513, 1, 2;
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die; 
my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->sockport) or die;
my $peer = $server->accept; print $client "hello from perl\n"; $client->flush; print 'server got: ', scalar <$peer>;
$SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 30; 1 } or print "eval: $@";
open my $file, '+>', 'file.txt' or die; print $file "line $_\n" for 1 .. 3; seek $file, 0, 0; print reverse <$file>; close $file;
opendir my $here, '.'; print join(' ', sort grep { !/^\./ } readdir $here), "\n";
die "dying on purpose\n";
