// links: -lutil
#include "say.h"
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

static volatile int hits[65];
static void count(int sig) { hits[sig]++; }

int main(int argc, char **argv)
{
    char buf[300], name[100];
    struct termios t, u;
    struct winsize w = {24, 80, 1, 2};
    int n;
    signal(SIGWINCH, count);
    signal(SIGHUP, count);
    signal(SIGTTOU, count);
    SAY(isatty(0));
    SAY(tcgetattr(0, &t));
    SAY(ioctl(0, TIOCGWINSZ, &w));
    int m = SAY(posix_openpt(O_RDWR | O_NOCTTY));
    SAY(grantpt(m));
    SAY(unlockpt(m));
    SAY(ptsname_r(m, name, sizeof name));
    SHOW("  named %d", !strncmp(name, "/dev/pts/", 9));
    int s = SAY(open(name, O_RDWR | O_NOCTTY));
    SAY(isatty(m));
    SAY(isatty(s));
    SAY(ttyname_r(s, buf, sizeof buf));
    SHOW("  same %d", !strcmp(name, buf));
    SAY(tcgetattr(s, &t));
    SHOW("  %o %o %o %o", t.c_iflag, t.c_oflag, t.c_cflag, t.c_lflag);
    w = (struct winsize){30, 90, 0, 0};
    SAY(ioctl(m, TIOCSWINSZ, &w));
    memset(&w, 0, sizeof w);
    SAY(ioctl(s, TIOCGWINSZ, &w));
    SHOW("  %d %d", w.ws_row, w.ws_col);
    SAY(write(m, "line\n", 5));
    SAY(read(s, buf, 100));
    SAY(read(m, buf, 100));
    SHOW("  %.6s", buf);
    SAY(write(s, "a\nb", 3));
    SAY(read(m, buf, 100));
    SHOW("  %02x %02x %02x %02x", buf[0], buf[1], buf[2], buf[3]);
    u = t;
    cfmakeraw(&u);
    SAY(tcsetattr(s, TCSANOW, &u));
    SAY(write(m, "raw", 3));
    SAY(poll(&(struct pollfd){s, POLLIN}, 1, 1000)); /* the kernel hands it over when it finds time */
    SAY(ioctl(s, FIONREAD, &n));
    SHOW("  %d", n);
    SAY(tcflush(s, TCIFLUSH));
    SAY(ioctl(s, FIONREAD, &n));
    SHOW("  %d", n);
    SAY(tcsetattr(s, TCSADRAIN, &t));
    SAY(tcsetattr(s, TCSAFLUSH, &t));
    SAY(tcsetattr(s, 9, &t));
    SAY(tcdrain(s));
    SAY(tcflow(s, TCOOFF));
    SAY(tcflow(s, TCOON));
    SAY(tcsendbreak(s, 0));
    SAY(ioctl(m, TIOCPKT, &(int){1}));
    SAY(write(s, "p", 1));
    SAY(read(m, buf, 100));
    SHOW("  %d %c", buf[0], buf[1]);
    SAY(ioctl(m, TIOCPKT, &(int){0}));
    SAY(ioctl(m, TIOCGPTN, &n));
    SHOW("  number %d", n == atoi(name + 9));
    int peer = ioctl(m, 0x5441, O_RDWR | O_NOCTTY);
    SHOW("peer %d", peer >= 0 && isatty(peer));
    SAY(ioctl(s, TIOCGETD, &n));
    SHOW("  %d", n);
    SAY(ioctl(s, TIOCOUTQ, &n));
    SAY(ioctl(s, TIOCSTI, "x") == 0 || errno == EIO || errno == EPERM);
    SAY(tcflush(s, TCIOFLUSH));
    SAY(tcgetpgrp(s));
    SAY(tcgetsid(s));
    SAY(ioctl(s, TIOCNOTTY));
    SHOW("a session of its own");
    int p[2];
    pipe(p);
    pid_t child = fork();
    if (!child) {
        SAY(setsid() == getpid());
        SAY(open("/dev/tty", O_RDWR));
        SAY(ioctl(s, TIOCSCTTY, 0));
        int tty = open("/dev/tty", O_RDWR);
        SHOW("  tty %d", tty >= 0 && isatty(tty));
        SAY(tcgetpgrp(s) == getpid());
        SAY(tcgetsid(s) == getpid());
        w.ws_row = 55;
        SAY(ioctl(m, TIOCSWINSZ, &w));
        for (int i = 0; i < 200 && !hits[SIGWINCH]; i++) usleep(5000);
        SHOW("  window changed %d", hits[SIGWINCH]);
        signal(SIGINT, count);
        write(m, "\003", 1);
        for (int i = 0; i < 200 && !hits[SIGINT]; i++) usleep(5000);
        SHOW("  interrupted %d", hits[SIGINT]);
        SAY(tcsetpgrp(s, 99999999));
        SAY(tcsetpgrp(s, getpid()));
        signal(SIGHUP, SIG_IGN);
        SAY(ioctl(s, TIOCNOTTY));
        SAY(open("/dev/tty", O_RDWR));
        fflush(stdout);
        _exit(4);
    }
    int status;
    waitpid(child, &status, 0);
    show_end("child", status);
    SHOW("hang up");
    struct pollfd pf = {s, POLLIN};
    close(m);
    SAY(poll(&pf, 1, 1000));
    SHOW("  %x", pf.revents);
    SAY(read(s, buf, 10));
    SAY(write(s, buf, 10));
    int a, b;
    SAY(openpty(&a, &b, 0, 0, 0));
    close(b);
    SAY(read(a, buf, 10));
    SAY(ioctl(0, 0x12345678, buf));
    SAY(ioctl(777, TCGETS, buf));
    SAY(ioctl(a, TCGETS, 8));
    return 0;
}
