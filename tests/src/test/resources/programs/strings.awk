# Runs of fields, arrays, functions, printf, getline from a file, regular expressions.
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
BEGIN { while ((getline line < "words.txt") > 0) { split(line, w, " "); sum[w[1]] += w[2] } close("words.txt")
  for (n = 1; n <= 4; n++) { k = substr("applefig pear ", 1, n); if (match("xxabcxx", /a.c/)) at = RSTART }
  print sum["apple"], sum["fig"], sum["pear"], at, fib(18); printf "%5.1f|%-6s|%c|%e\n", 2.25, "ab", 65, 12345.678
  s = "a1b22c333"; gsub(/[0-9]+/, "<&>", s); print s, length(s), toupper(s), index(s, "c"); exit 3 }
