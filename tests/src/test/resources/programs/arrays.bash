# Arrays, process substitution, coproc, pipefail, mapfile, arithmetic, wait -n, regular expressions, subshell levels.
set -o pipefail
declare -A age=([ann]=31 [bob]=27); for name in $(printf '%s\n' "${!age[@]}" | sort); do echo "$name ${age[$name]}"; done
diff <(seq 1 5) <(seq 1 2 5); echo "diff $?"
coproc calculator { while read -r line; do echo $((line)); done; }
echo '2**20 + 1' >&"${calculator[1]}"; read -r answer <&"${calculator[0]}"; echo "$answer"
eval "exec ${calculator[1]}>&-"; wait "$calculator_PID"; echo "coproc $?"
false | true; echo "pipefail $?"; false | true | (exit 4); echo "${PIPESTATUS[@]}"
mapfile -t lines < <(printf 'a b\nc\n'); echo "${#lines[@]} ${lines[0]@Q}"
[[ "kernel-6.1.2" =~ ([0-9]+)\.([0-9]+) ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
for n in 3 1 2; do (exit $n) & done; total=0; for n in 1 2 3; do wait -n; total=$((total + $?)); done; echo "sum $total"
echo {a..c}{1..2} "${BASH_SUBSHELL}" $( (echo $BASH_SUBSHELL) ); printf '%(%Y)T\n' 0
trap 'echo "end $?"' EXIT
timeout 0.1 sleep 30; echo "timeout $?"
seq 20 | xargs -n 5 -P 2 echo | sort; find . -maxdepth 0 -exec echo found {} +
kill -0 999999999 2>/dev/null || echo "no such process"
exit 17
