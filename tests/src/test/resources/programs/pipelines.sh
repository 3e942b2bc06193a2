# Pipelines, here-documents, functions, subshells, command substitution, traps, redirections, background jobs.
set -eu
printf '%s\n' pear apple fig apple | sort | uniq -c | sort -rn | awk '{print $1, $2}'
count() { grep -c "$1" || true; }
seq 1 1000 | count 9
(cd / && pwd; exit 0) | cat
x=$(echo nested $(echo command $(echo substitution))); echo "$x"
cat <<END | tr a-z A-Z
here document with $x
END
sleep 60 & job=$!; kill "$job"; wait "$job" || echo "job's status $?"
for i in 1 2 3 4 5; do (exit "$i") || echo "subshell $?" ; done
if false | true; then echo "the last command counts"; fi
echo to a file > f; echo more >> f; wc -l < f; exec 5<f; read -r line <&5; echo "$line"
mkdir d; for n in 1 2 3; do echo "$n" > "d/$n"; done; cat d/* | md5sum
head -c 300000 /dev/zero | tee copy | sha256sum | cut -c 1-16; wc -c < copy
trap 'echo trapped; exit 21' USR1
kill -USR1 $$
echo not reached
