# Saves in a child process, rewrites the append-only file in another, each seen to its end: redis_save.sh PORT
set -eu
redis() { redis-cli -p "$port" "$@"; }
port=$1
ended() { while redis info persistence | grep -q "$1:1"; do sleep 0.05; done; redis info persistence | grep "$2"; }
redis set key value
for n in 1 2 3 4 5; do redis rpush list "$n" "$n$n" >/dev/null; done
while redis info persistence | grep -q aof_rewrite_in_progress:1; do sleep 0.05; done
redis bgsave
ended rdb_bgsave_in_progress rdb_last_bgsave_status
redis bgrewriteaof
ended aof_rewrite_in_progress aof_last_bgrewrite_status
redis lrange list 0 -1 | tr '\n' ' '
redis-check-rdb dump.rdb | grep -E 'keys read|RDB looks OK'
