# Prints for each message its score and the rules it met with theirs, without asking the network: FILE SCORE RULES.
use strict;
use warnings;
use Mail::SpamAssassin;

my $judge = Mail::SpamAssassin->new({ local_tests_only => 1, dont_copy_prefs => 1, userprefs_filename => '/dev/null' });
for my $path (@ARGV) {
    open my $in, '<', $path or die "$path: $!";
    my $mail   = $judge->parse([<$in>]);
    my $status = $judge->check($mail);
    my @rules = map { "$_=" . ( $judge->{conf}{scores}{$_} // 1 ) } split /,/, $status->get_names_of_tests_hit;
    printf "%s\t%.3f\t%s\n", $path, $status->get_score, join ' ', @rules;
    $status->finish;
    $mail->finish;
}
