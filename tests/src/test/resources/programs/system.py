"""The system through Python: signals, timers, shared mappings, passed descriptors, locks, poll, limits, time, /proc."""
import array, fcntl, mmap, os, resource, select, selectors, signal, socket, sys, tempfile, time

def handler(number, frame): print("handled", signal.Signals(number).name)

for number in signal.SIGUSR1, signal.SIGALRM, signal.SIGRTMIN + 3: signal.signal(number, handler)
os.kill(os.getpid(), signal.SIGUSR1)
signal.setitimer(signal.ITIMER_REAL, 0.03)
signal.pause()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR2]).name, signal.sigtimedwait([signal.SIGUSR2], 0.01))

with tempfile.TemporaryFile(dir=".") as file:
    file.truncate(1 << 20)
    with mmap.mmap(file.fileno(), 1 << 20) as shared:
        shared[4096:4101] = b"hello"
        shared.flush()
    print(os.pread(file.fileno(), 5, 4096))
    left, right = socket.socketpair()
    socket.send_fds(left, [b"take it"], [file.fileno()])
    message, descriptors, _, _ = socket.recv_fds(right, 100, 4)
    print(message, os.pread(descriptors[0], 5, 4096), os.fstat(descriptors[0]).st_size)
    fcntl.lockf(file, fcntl.LOCK_EX)
    fcntl.flock(descriptors[0], fcntl.LOCK_SH | fcntl.LOCK_NB)

reader, writer = os.pipe()
os.set_blocking(reader, False)
try: os.read(reader, 1)
except BlockingIOError as e: print(e.strerror)
poller = select.epoll()
poller.register(reader, select.EPOLLIN | select.EPOLLET)
os.write(writer, b"q" * 1000)
print(poller.poll(5) == [(reader, select.EPOLLIN)], poller.poll(0.01), len(os.read(reader, 2000)))
os.set_blocking(writer, False)
total = 0
try:
    while True: total += os.write(writer, b"x" * 4096)
except BlockingIOError: print("pipe holds", total)

print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 10, os.sysconf("SC_PAGE_SIZE"), os.cpu_count() == len(os.sched_getaffinity(0)))
try: open("/nothere/x")
except FileNotFoundError as e: print(e)
os.makedirs("a/b/c"); os.symlink("b", "a/link"); os.rename("a/b/c", "a/b/d"); os.mkfifo("fifo")
for path, folders, names in sorted(os.walk(".")): print(path, sorted(folders), sorted(names))
before = time.monotonic_ns(); time.sleep(0.01); print(time.monotonic_ns() - before >= 10_000_000)
print(open("/proc/self/comm").read().strip(), open("/proc/self/cmdline", "rb").read().split(b"\0")[0] == sys.executable.encode())
print({'0', '1', '2'} <= set(os.listdir("/proc/self/fd")), os.readlink("/proc/self/exe").startswith("/usr/bin/python3"))
sys.stderr.write("to the error stream\n")
sys.exit(12)
