"""Types at an interactive shell on a terminal of its own: jobs.py COMMAND... starts it. Prints what happened."""
import os, pty, re, select, sys, time

pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(PS1='$ ', TERM='dumb')
    os.execvp(sys.argv[1], sys.argv[1:] + ['--norc', '--noprofile', '-i'])
seen = b''


def expect(pattern, seconds=120, needed=True):
    global seen
    end = time.time() + seconds
    while time.time() < end:
        found = re.search(pattern, seen)
        if found:
            seen = seen[found.end():]
            return found.group(0).decode().strip()
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 4096)
            except OSError:
                break
    if not needed:
        return ''
    print('waited in vain for', pattern, 'in', seen)
    os.kill(pid, 9)
    sys.exit(1)


def types(text):
    os.write(terminal, text)


def prompt():
    expect(rb'\$ $')


def answer(text, pattern):
    types(text)
    print(expect(pattern))
    expect(rb'\$ ')


prompt()
answer(b'bind "set enable-bracketed-paste off"; echo be gin\n', rb'\nbe gin')
types(b'/bin/cat\n')
# Until the program reads, what is typed is seen once, if at all. Each line is typed once: seen twice, it has been read.
for line in range(1000):
    types(b'hello%d\n' % line)
    if expect(rb'hello%d\r\n(?s:.*)hello%d\r\n' % (line, line), 2, False):
        break
answer(b'\x1a', rb'Stopped')
answer(b'jobs\n', rb'\[1\]\+\s+Stopped')
types(b'fg\n')
expect(rb'/bin/cat\r\n')
types(b'again\n')
print(expect(rb'again\r\nagain'))
types(b'\x03')
expect(rb'\$ ')
answer(b'echo st=$?\n', rb'st=\d+')
answer(b'/bin/cat & until jobs | grep -q Stopped; do sleep 0.1; done; jobs\n', rb'\]\+\s+Stopped')
answer(b'kill %1; wait; echo do ne\n', rb'\ndo ne')
answer(b'sh -c "kill -STOP \\$\\$; echo res umed"\n', rb'Stopped')
answer(b'fg\n', rb'\nres umed')
answer(b'/bin/echo a | /bin/cat | /usr/bin/tr a b\n', rb'\nb')
types(b'exit 3\n')
end = time.time() + 120
while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
    if time.time() > end:
        os.system('ps -ww -o pid,ppid,pgid,tpgid,stat,wchan:20,args --ppid %d --pid %d' % (pid, pid))
        expect(rb'$^', 0)
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            time.sleep(0.1)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
