package io.kmdebug.tests;

import static io.kmdebug.tests.Program.of;

import java.util.ArrayList;
import java.util.List;

/** The programs of docs/programs.md: each runs natively and in the virtual machine, and must not differ. */
final class Programs {
    private static final String WORDS = "pear 3\napple 10\nfig 2\napple 1\n";

    private static final String SQL = """
            create table t(id integer primary key, name text, amount real);
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
              insert into t select i, printf('name-%05d', i * 7919 % 5000), i * 0.25 from n;
            create index t_name on t(name);
            begin; update t set amount = amount * 2 where id % 3 = 0; commit;
            select count(*), sum(amount), min(name), max(name) from t;
            select name, amount from t order by name desc limit 5;
            select substr(name, 6, 2) as g, count(*), round(avg(amount), 3) from t group by g having g < '05' order by g;
            explain query plan select * from t where name = 'name-00042';
            .mode json
            select json_group_array(id) from (select id from t where name glob '*99' order by id limit 3);
            select hex(zeroblob(4)), abs(-3), upper('x'), strftime('%Y', '2001-02-03');
            delete from t where id > 100; vacuum;
            pragma integrity_check;
            select * from missing;
            """;

    /** One process that answers every request itself. */
    private static final String NGINX = """
            daemon off; %s
            pid nginx.pid; error_log stderr crit;
            events { worker_connections 64; }
            http {
              access_log access.log; sendfile on;
              client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
              server { listen 127.0.0.1:%s; root .; gzip on; gzip_types text/plain; location /moved { return 301 /words.txt; } }
            }
            """;

    private Programs() {}

    static List<Program> all() {
        List<Program> all = new ArrayList<>();
        all.addAll(tools());
        all.addAll(interpreters());
        all.addAll(compiled());
        all.addAll(servers());
        all.addAll(shells());
        all.addAll(applets());
        return all;
    }

    private static List<Program> tools() {
        return List.of(
                of("sqlite3", "a script on a database in memory", "{payloads}/sqlite3", ":memory:")
                        .input(SQL)
                        .status(1),
                of("sqlite3", "the same on disk", "{payloads}/sqlite3", "data.db")
                        .input(SQL)
                        .status(1),
                of("gzip", "packs to standard output", "gzip", "-9", "-n", "-c", "words.txt")
                        .file("words.txt", WORDS.repeat(5000)),
                of("xz", "packs with two threads", "xz", "-T2", "--block-size=64KiB", "-c", "words.txt")
                        .file("words.txt", WORDS.repeat(20000)),
                of("zstd", "packs with two threads", "zstd", "-q", "-T2", "-19", "-c", "words.txt")
                        .file("words.txt", WORDS.repeat(20000)),
                of("tar", "an archive of a tree", "tar", "--sort=name", "--mtime=2020-01-01", "-cvf", "-", "a")
                        .file("a/b/words.txt", WORDS)
                        .file("a/c", "c"),
                of("openssl", "encrypts", "openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-nosalt", "-k", "x", "-base64")
                        .input(WORDS.repeat(100)),
                of("openssl", "speed on two digests", "openssl", "speed", "-seconds", "1", "-bytes", "16", "sha256")
                        .varying(" +[0-9.]+k", " N")
                        .varying("[0-9]+ sha256's in [0-9.]+s", "N"),
                of("sort", "parallel, out of memory, from disk", "sort", "--parallel=4", "-S", "1M", "numbers")
                        .file("numbers", numbers(60_000)),
                of("ls", "a long listing", "ls", "-laR", "/etc/apt"),
                of(
                        "find",
                        "a walk with tests",
                        "find",
                        "/usr/share/perl",
                        "-name",
                        "*.pm",
                        "-size",
                        "+20k",
                        "-printf",
                        "%p %s\\n"),
                of("grep", "a recursive search", "grep", "-rnE", "ar+|x$", ".").file("a/words.txt", WORDS),
                of("sed", "a script", "sed", "-nE", "s/^(a.*) (.*)/\\2-\\1/p", "words.txt")
                        .file("words.txt", WORDS),
                of("diff", "two files", "diff", "-u", "--label=x", "--label=y", "one", "two")
                        .file("one", WORDS)
                        .file("two", WORDS.replace("fig", "figs"))
                        .status(1),
                of("objdump", "disassembles a program", "objdump", "-d", "/bin/true"),
                of(
                        "ripgrep",
                        "four threads over a tree (Rust)",
                        "rg",
                        "-j4",
                        "--sort",
                        "path",
                        "-c",
                        "root",
                        "/etc/passwd",
                        "/etc/group"),
                of("jq", "a query", "jq", "-c", "[.[] | select(.n > 1) | {m: (.n * 2), s}] | add")
                        .input("[{\"n\": 1}, {\"n\": 2, \"s\": \"two\"}, {\"n\": 3, \"s\": \"three\"}]"),
                of("curl", "fetches from a local server", "curl", "-sS", "-D", "-", "http://127.0.0.1:{port}/words.txt")
                        .file("words.txt", WORDS)
                        .varying("(Date|Last-Modified): .*", "$1")
                        .server("python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}"),
                of(
                                "curl",
                                "twenty transfers at once",
                                "curl",
                                "--no-progress-meter",
                                "-Z",
                                "-o",
                                "out#1",
                                "http://127.0.0.1:{port}/words.txt?[1-20]")
                        .file("words.txt", WORDS)
                        .server("python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}"),
                of("curl", "a port where nobody listens", "curl", "-sS", "http://127.0.0.1:{port}/")
                        .varying("after [0-9]+ ms", "after N ms")
                        .status(7),
                of(
                        "gdb",
                        "reads the symbols of a program",
                        "gdb",
                        "-q",
                        "-nx",
                        "-batch",
                        "-ex",
                        "info line main",
                        "-ex",
                        "ptype struct Noisy",
                        "{payloads}/exceptions"),
                of(
                                "gdb",
                                "runs a program to a breakpoint",
                                "gdb",
                                "-q",
                                "-nx",
                                "-batch",
                                "-ex",
                                "break main",
                                "-ex",
                                "run",
                                "{payloads}/exceptions")
                        .differs(
                                "a payload may not trace another: ptrace is answered with EPERM. `km -g` debugs it from outside"));
    }

    private static List<Program> interpreters() {
        return List.of(
                of("python3", "threads, locks, queues, timers", "python3", "{scripts}/threads.py"),
                of(
                        "python3",
                        "asyncio: clients and servers over IPv4, IPv6, unix sockets",
                        "python3",
                        "{scripts}/asyncio_echo.py"),
                of("python3", "an HTTP server and its clients", "python3", "{scripts}/http_server.py"),
                of("python3", "sqlite3, ctypes, ssl, compression, hashes", "python3", "{scripts}/libraries.py"),
                of("python3", "signals, mappings, passed descriptors, locks, epoll", "python3", "{scripts}/system.py")
                        .status(12),
                of("python3", "subprocess, fork, posix_spawn, system", "python3", "{scripts}/subprocesses.py"),
                of("python3", "multiprocessing: pools, shared memory, locks", "python3", "{scripts}/pools.py"),
                of("node", "an HTTP server and its clients, streams, zlib, crypto", "node", "{scripts}/http.js")
                        .status(6),
                of("node", "worker threads, WebAssembly, the collector", "node", "{scripts}/workers.js")
                        .status(8),
                of("node", "child processes", "node", "{scripts}/children.js"),
                of("perl", "data, sockets, alarms, files", "perl", "{scripts}/data.pl")
                        .status(255),
                of("perl", "fork, pipes, system, exec", "perl", "{scripts}/children.pl")
                        .status(9),
                of("lua5.4", "coroutines, the collector, files", "lua5.4", "{scripts}/script.lua")
                        .status(4),
                of("gawk", "a program with arrays, functions, files", "gawk", "-f", "{scripts}/strings.awk")
                        .file("words.txt", WORDS)
                        .status(3),
                of("mawk", "the same", "mawk", "-f", "{scripts}/strings.awk")
                        .file("words.txt", WORDS)
                        .status(3),
                of("bc", "an arc tangent to fifty digits", "bc", "-l").input("scale=50\n4*a(1)\n2^200\n"),
                of("m4", "recursive macros", "m4")
                        .input(
                                "define(`f', `ifelse($1, 0, 1, `eval($1 * f(decr($1)))')')f(10) syscmd(`true')esyscmd(`echo x')"));
    }

    private static List<Program> compiled() {
        return List.of(
                of("Go", "goroutines, channels, the collector, a nil dereference", "{payloads}/collector")
                        .environment("GOMAXPROCS", "4")
                        .status(3),
                of("Go net/http", "a server, a hundred clients, contexts, signals", "{payloads}/server")
                        .status(9),
                of("Go net/http", "the same through the C library", "{payloads}/server-dynamic")
                        .status(9),
                of("Go os/exec", "child processes", "{payloads}/commands").status(2),
                of(
                                "go",
                                "builds, vets and runs a program, refuses another",
                                "sh",
                                "{scripts}/toolchain.sh",
                                "{payloads}/go-cache")
                        .status(2),
                of("Rust", "threads, channels, sockets, a panic", "{payloads}/workers")
                        .status(11),
                of("C++", "exceptions, futures, regular expressions, an abort", "{payloads}/exceptions")
                        .status(134),
                of("C++", "the same, linked statically", "{payloads}/exceptions-static")
                        .status(134),
                of("java", "-version", "java", "-version"),
                of("java", "threads, the collector, faults, sockets", "java", "-cp", "{payloads}", "Small")
                        .status(4),
                of(
                                "java",
                                "the same with the serial collector, interpreted first",
                                "java",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                "{payloads}",
                                "Small")
                        .status(4),
                of("javac", "compiles a class", "javac", "-d", "out", "A.java", "B.java")
                        .file("A.java", "class A { B b = null; int n = missing; }\n")
                        .file("B.java", "class B { }\n")
                        .status(1),
                of("gcc, make, binutils", "compile, link, run, fail", "sh", "{scripts}/build.sh")
                        .status(6));
    }

    private static List<Program> servers() {
        return List.of(
                of(
                                "redis-server",
                                "redis-benchmark and redis-cli, natively, against it",
                                "redis-server",
                                "--port",
                                "{port}",
                                "--bind",
                                "127.0.0.1",
                                "--save",
                                "",
                                "--loglevel",
                                "warning")
                        .varying("(?s)^.*", "")
                        .client(
                                "redis-benchmark",
                                "-p",
                                "{port}",
                                "-n",
                                "2000",
                                "-c",
                                "20",
                                "-P",
                                "4",
                                "-t",
                                "set,get,lpush,lrange_100",
                                "--csv")
                        .client("redis-cli", "-p", "{port}", "set", "key", "value")
                        .client(
                                "redis-cli",
                                "-p",
                                "{port}",
                                "eval",
                                "return redis.call('get', KEYS[1]) .. #ARGV",
                                "1",
                                "key",
                                "a",
                                "b")
                        .client("redis-cli", "-p", "{port}", "wrong", "command"),
                of(
                                "redis-server",
                                "saves in one child process, rewrites its log in another",
                                "redis-server",
                                "--port",
                                "{port}",
                                "--bind",
                                "127.0.0.1",
                                "--appendonly",
                                "yes",
                                "--loglevel",
                                "warning")
                        .varying("(?m)^[0-9]+:(.) .*? ([*#]) ", "$1 $2 ")
                        .varying("(pid|port)(=|: )[0-9]+", "$1")
                        .varying("[0-9]+:signal-handler .[0-9]+. ", "")
                        .client("sh", "{scripts}/redis_save.sh", "{port}"),
                of(
                                "redis-benchmark",
                                "against a native server",
                                "redis-benchmark",
                                "-p",
                                "{port}",
                                "-n",
                                "1000",
                                "-c",
                                "10",
                                "-t",
                                "set,get",
                                "--csv")
                        .varying("\"[0-9.]+\"", "N")
                        .server("redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", ""),
                of("redis-cli", "commands from standard input", "redis-cli", "-p", "{port}")
                        .input("set a 5\nincrby a 37\nlpush l 1 2 3\nlrange l 0 -1\nnothing\n")
                        .server("redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", ""),
                nginx("one process serves files to curl", "master_process off;"),
                nginx("a master and two workers", "worker_processes 2;"),
                of(
                                "memcached",
                                "its four threads serve a python client",
                                "memcached",
                                "-l",
                                "127.0.0.1",
                                "-p",
                                "{port}",
                                "-U",
                                "0",
                                "-u",
                                "root",
                                "-t",
                                "4")
                        .client("python3", "{scripts}/memcached_client.py", "{port}"),
                of(
                                "busybox httpd",
                                "in the foreground, a process for each request",
                                "{payloads}/busybox",
                                "httpd",
                                "-f",
                                "-p",
                                "127.0.0.1:{port}")
                        .file("words.txt", WORDS)
                        .client("curl", "-sS", "http://127.0.0.1:{port}/words.txt")
                        .status(143),
                of(
                                "python3 http.server",
                                "a native curl against it",
                                "python3",
                                "-m",
                                "http.server",
                                "--bind",
                                "127.0.0.1",
                                "{port}")
                        .file("words.txt", WORDS.repeat(10_000))
                        .client("curl", "-sS", "http://127.0.0.1:{port}/words.txt", "-o", "copy")
                        .client("cmp", "words.txt", "copy")
                        .client("curl", "-sS", "-o", "-", "-w", "%{http_code}", "http://127.0.0.1:{port}/nothing")
                        .varying("- - \\[.*?\\]", "TIME")
                        .status(143),
                of(
                                "openssl",
                                "keys, certificates, signatures, a TLS server for curl",
                                "sh",
                                "{scripts}/openssl.sh",
                                "{port}")
                        .status(3));
    }

    private static Program nginx(String what, String process) {
        return of("nginx", what, "nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr")
                .file("nginx.conf", String.format(NGINX, process, "{port}"))
                .file("words.txt", WORDS.repeat(10_000))
                .client("curl", "-sS", "http://127.0.0.1:{port}/words.txt", "-o", "copy")
                .client("cmp", "words.txt", "copy")
                .client("curl", "-sS", "--compressed", "-r", "5-40", "http://127.0.0.1:{port}/words.txt")
                .client(
                        "curl",
                        "-sS",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code} %{redirect_url}",
                        "http://127.0.0.1:{port}/moved")
                .client("curl", "--no-progress-meter", "-Z", "-o", "#1.txt", "http://127.0.0.1:{port}/words.txt?[1-20]")
                .client("cmp", "words.txt", "20.txt");
    }

    private static List<Program> shells() {
        return List.of(
                of(
                                "busybox sh",
                                "pipelines, traps, jobs, redirections",
                                "{payloads}/busybox",
                                "sh",
                                "{scripts}/pipelines.sh")
                        .status(21),
                of("dash", "the same", "dash", "{scripts}/pipelines.sh").status(21),
                of("bash", "the same", "bash", "{scripts}/pipelines.sh").status(21),
                of(
                                "bash",
                                "what needs no process",
                                "bash",
                                "-c",
                                "a=(x y z); echo ${#a[@]} $((2**40)) ${a[@]^^}; for i in {1..3}; do printf '%03d ' $i; done; read -r l <<< here; echo $l; exit 7")
                        .status(7),
                of("bash", "arrays, coproc, process substitution, xargs, find -exec", "bash", "{scripts}/arrays.bash")
                        .status(17),
                of("git", "--version", "git", "--version"),
                of("git", "commits, merges, a conflict, a rebase, gc, a clone", "sh", "{scripts}/repository.sh")
                        .status(9),
                of("tar with gzip, xz, zstd", "round trips through pipes", "sh", "{scripts}/archives.sh"));
    }

    private static List<Program> applets() {
        return List.of(
                applet("sort", "-k2n", "words.txt"),
                applet("awk", "{n[$1]+=$2} END {for (w in n) print w, n[w]}", "words.txt"),
                applet("sed", "-n", "s/^a\\(.*\\) \\(.*\\)/\\2-\\1/p", "words.txt"),
                applet("grep", "-c", "apple", "words.txt"),
                applet("grep", "nothing", "words.txt").status(1),
                applet("wc", "words.txt"),
                applet("md5sum", "words.txt"),
                applet("sha256sum", "words.txt"),
                applet("od", "-c", "words.txt"),
                applet("ls", "-l", "/etc/passwd"),
                applet("stat", "-c", "%n %s %a %F", "words.txt"),
                applet("date", "-u", "-d", "@0"),
                applet("expr", "6", "*", "7"),
                applet("seq", "1", "20"),
                applet("cal", "2", "2024"),
                applet("bc", "-q").input("2^70\n3*4\n"),
                applet("dd", "if=words.txt", "bs=3", "count=2", "status=none"),
                applet("find", ".", "-name", "words*"),
                applet("cat", "/nonexistent").status(1),
                applet("printf", "%s-%d\\n", "x", "12"),
                applet("false").status(1),
                applet("uname", "-s"),
                applet("id", "-u"),
                applet("gzip", "-c", "words.txt"),
                applet("head", "-c", "65536", "/dev/zero"));
    }

    private static Program applet(String... words) {
        List<String> command = new ArrayList<>(List.of("{payloads}/busybox"));
        command.addAll(List.of(words));
        return of("busybox " + words[0], "the applet, from a static program", command.toArray(String[]::new))
                .file("words.txt", WORDS);
    }

    private static String numbers(int count) {
        StringBuilder text = new StringBuilder();
        for (long i = 0, n = 1; i < count; i++, n = n * 48271 % 2147483647)
            text.append(n).append('\n');
        return text.toString();
    }
}
