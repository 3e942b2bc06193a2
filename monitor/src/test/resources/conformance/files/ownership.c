#include "say.h"
#include <sys/socket.h>

/* Input signals: SIGIO by O_ASYNC. */
static volatile int hits, last, code, fd_in_info, band;
static void count(int sig, siginfo_t *info, void *context)
{
    hits++;
    last = sig;
    code = info->si_code;
    fd_in_info = info->si_fd;
    band = info->si_band;
}

static void wait_for_hit(const char *what)
{
    for (int i = 0; i < 100 && !hits; i++) usleep(5000);
    SHOW("%s: %s", what, hits ? "told" : "not told");
    hits = 0;
}

int main(int argc, char **argv)
{
    struct sigaction sa = {.sa_sigaction = count, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGIO, &sa, 0);
    sigaction(SIGUSR1, &sa, 0);
    sigaction(SIGURG, &sa, 0);
    int s[2], p[2];
    char c[10];
    socketpair(AF_UNIX, SOCK_STREAM, 0, s);
    SAY(fcntl(s[0], F_SETFL, O_ASYNC));
    SAY(fcntl(s[0], F_GETFL) & ~0100000);
    write(s[1], "x", 1);
    usleep(50000);
    SHOW("without owner %d", hits);
    SAY(fcntl(s[0], F_SETOWN, getpid()));
    write(s[1], "x", 1);
    wait_for_hit("owner");
    pipe(p);
    SAY(fcntl(p[0], F_SETOWN, getpid()));
    SAY(fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK));
    SAY(fcntl(p[0], F_GETFL));
    write(p[1], "x", 1);
    wait_for_hit("pipe");
    SAY(fcntl(p[0], F_SETFL, O_NONBLOCK));
    write(p[1], "x", 1);
    usleep(30000);
    SHOW("switched off: %d", hits);
    int on = 1;
    SAY(ioctl(p[0], 0x5452, &on));
    SAY(fcntl(p[0], F_GETFL));
    write(p[1], "x", 1);
    wait_for_hit("FIOASYNC");
    on = 0;
    SAY(ioctl(p[0], 0x5452, &on));
    SAY(fcntl(p[0], F_GETFL));
    int reg = open("f", O_RDWR | O_CREAT, 0600);
    SAY(fcntl(reg, F_SETFL, O_ASYNC));
    on = 1;
    SAY(ioctl(reg, 0x5452, &on));
    return 0;
}
