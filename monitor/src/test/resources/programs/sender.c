// Starts itself again behind the words it is given (none, or a monitor) and plays its parent: sends it signals, stops
// and continues it, gives it a terminal. Prints what the parent and the program see.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static char **words;
static int count;
static int from, to;

static void told(int number, siginfo_t *info, void *context) {
  char line[200];
  int n = snprintf(line, sizeof line, "signal %d code %d sender %s uid %s value %d\n", number, info->si_code,
                   info->si_pid == getppid() ? "parent" : "other", info->si_uid == getuid() ? "mine" : "other",
                   info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
  write(1, line, n);
}

static int receive(const char *what) {
  if (!strcmp(what, "all")) {
    struct sigaction action = {.sa_sigaction = told, .sa_flags = SA_SIGINFO | SA_RESTART};
    for (int i = 1; i < 65; i++) sigaction(i, &action, NULL);
  } else if (!strcmp(what, "inherited")) {
    sigset_t blocked, pending;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    for (int i = 1; i < 65; i++) {
      struct sigaction action;
      if (i == 32 || i == 33) continue;
      sigaction(i, NULL, &action);
      if (action.sa_handler == SIG_IGN) printf("ignored %d\n", i);
      if (sigismember(&blocked, i)) printf("blocked %d\n", i);
      if (sigismember(&pending, i)) printf("pending %d\n", i);
    }
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    siginfo_t info;
    printf("taken %d\n", sigtimedwait(&term, &info, &(struct timespec){10, 0}));
    printf("value %d from parent %d\n", info.si_value.sival_int, info.si_pid == getppid());
    fflush(stdout);
  } else if (!strcmp(what, "ignores")) {
    signal(SIGTTIN, SIG_IGN);
  } else if (!strcmp(what, "blocks")) {
    sigset_t in;
    sigemptyset(&in);
    sigaddset(&in, SIGTTIN);
    sigprocmask(SIG_BLOCK, &in, NULL);
  }
  write(1, "ready\n", 6);
  char c;
  ssize_t n;
  while ((n = read(0, &c, 1)) == 1 && c != 'q')
    if (c != '\n') write(1, &c, 1), write(1, "\n", 1);
  if (n < 0) dprintf(1, "read: %s\n", strerror(errno));
  return 7;
}

static void line(void) {
  char text[200];
  int n = 0;
  while (n < 199 && read(from, text + n, 1) == 1 && text[n] != '\n') n++;
  text[n] = 0;
  if (n && text[n - 1] == '\r') text[n - 1] = 0;
  printf("  %s\n", text);
}

enum { BACKGROUND, FOREGROUND };

// Before the program begins it has its process group and its place at the terminal.
static pid_t start(const char *what, int terminal, int place, void (*before)(void)) {
  int in[2], out[2], gate[2];
  char byte;
  pipe(in), pipe(out), pipe(gate);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    char *command[count + 4];
    int n = 0;
    for (; n < count; n++) command[n] = words[n];
    command[n++] = realpath("/proc/self/exe", NULL);
    command[n++] = "receive";
    command[n++] = (char *)what;
    command[n] = NULL;
    close(gate[1]), read(gate[0], &byte, 1);
    dup2(terminal >= 0 ? terminal : in[0], 0), dup2(out[1], 1);
    for (int fd = 3; fd < 30; fd++) close(fd);
    signal(SIGPIPE, SIG_DFL);
    if (before) before();
    execv(command[0], command);
    _exit(99);
  }
  if (terminal >= 0) setpgid(child, child);
  if (terminal >= 0 && place == FOREGROUND) tcsetpgrp(terminal, child);
  close(gate[0]), close(gate[1]);
  close(in[0]), close(out[1]);
  if (to > 0) close(to), close(from);
  to = in[1], from = out[0];
  return child;
}

static void waited(pid_t child, int flags) {
  int status;
  if (waitpid(child, &status, flags) != child) printf("wait: %s\n", strerror(errno));
  else if (WIFSTOPPED(status)) printf("stopped by %d\n", WSTOPSIG(status));
  else if (WIFCONTINUED(status)) printf("continued\n");
  else if (WIFSIGNALED(status)) printf("killed by %d\n", WTERMSIG(status));
  else printf("ended with %d\n", WEXITSTATUS(status));
}

static void all(void) {
  pid_t child = start("all", -1, BACKGROUND, NULL);
  line();
  for (int i = 1; i < 62; i++) {
    if (i == SIGKILL || i == SIGSTOP || i == 32 || i == 33) continue;
    kill(child, i);
    line();
  }
  for (int i = 34; i < 62; i += 9) {
    sigqueue(child, i, (union sigval){.sival_int = 1000 + i});
    line();
  }
  sigqueue(child, SIGSEGV, (union sigval){.sival_int = 11});
  line();
  syscall(SYS_tgkill, child, child, SIGUSR1);
  line();
  write(to, "q", 1);
  waited(child, 0);
}

static void end(int signal) {
  pid_t child = start("none", -1, BACKGROUND, NULL);
  line();
  kill(child, signal);
  waited(child, 0);
}

static void stops(void) {
  pid_t child = start("none", -1, BACKGROUND, NULL);
  line();
  int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  setpgid(0, 0);
  for (int i = 0; i < 4; i++) {
    kill(child, stops[i]);
    waited(child, WUNTRACED);
    kill(child, SIGCONT);
    waited(child, WCONTINUED);
    write(to, "x", 1);
    line();
  }
  kill(child, SIGSTOP);
  waited(child, WUNTRACED);
  kill(child, SIGKILL);
  waited(child, 0);
}

static void unusual(void) {
  sigset_t some;
  sigemptyset(&some);
  sigaddset(&some, SIGTERM), sigaddset(&some, SIGUSR1), sigaddset(&some, 40), sigaddset(&some, SIGTTOU);
  sigprocmask(SIG_BLOCK, &some, NULL);
  signal(SIGHUP, SIG_IGN), signal(SIGTTIN, SIG_IGN), signal(SIGINT, SIG_IGN);
  union sigval value = {.sival_int = 77};
  siginfo_t info = {.si_signo = SIGTERM, .si_code = SI_QUEUE};
  info.si_pid = getppid(), info.si_value = value;
  syscall(SYS_rt_sigqueueinfo, getpid(), SIGTERM, &info);
}

static void inherited(void) {
  pid_t child = start("inherited", -1, BACKGROUND, unusual);
  FILE *in = fdopen(dup(from), "r");
  char text[200];
  while (fgets(text, sizeof text, in) && strcmp(text, "ready\n")) printf("  %s", text);
  fclose(in);
  write(to, "q", 1);
  waited(child, 0);
}

static void terminal(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY);
  grantpt(master), unlockpt(master);
  setsid();
  int slave = open(ptsname(master), O_RDWR);
  ioctl(slave, TIOCSCTTY, 0);
  struct termios settings;
  tcgetattr(slave, &settings);
  settings.c_lflag &= ~ECHO;
  tcsetattr(slave, TCSANOW, &settings);
  signal(SIGTTOU, SIG_IGN);

  pid_t child = start("none", slave, FOREGROUND, NULL);
  line();
  write(master, "a\n", 2), line();
  write(master, "\032", 1), waited(child, WUNTRACED);
  tcsetpgrp(slave, getpgrp());
  kill(-child, SIGCONT);
  waited(child, WUNTRACED); // reads in the background: SIGTTIN
  tcsetpgrp(slave, child);
  kill(-child, SIGCONT);
  write(master, "b\n", 2), line();
  write(master, "\003", 1), waited(child, WUNTRACED);

  child = start("none", slave, FOREGROUND, NULL);
  line();
  write(master, "\034", 1), waited(child, WUNTRACED);

  const char *kinds[] = {"ignores", "blocks"};
  for (int i = 0; i < 2; i++) {
    tcsetpgrp(slave, getpgrp());
    child = start(kinds[i], slave, BACKGROUND, NULL);
    line(), line();
    waited(child, WUNTRACED);
  }
}

int main(int argc, char **argv) {
  if (argc > 2 && !strcmp(argv[1], "receive")) return receive(argv[2]);
  const char *what = argv[1];
  words = argv + 2, count = argc - 2;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL); // a JVM lets its children begin with SIGQUIT blocked
  signal(SIGPIPE, SIG_IGN);
  if (!strcmp(what, "all")) all();
  if (!strcmp(what, "stops")) stops();
  if (!strcmp(what, "inherited")) inherited();
  if (!strcmp(what, "terminal")) terminal();
  if (!strcmp(what, "ends")) {
    int deadly[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGSEGV, SIGALRM, SIGABRT, 40, SIGKILL};
    for (int i = 0; i < 11; i++) end(deadly[i]);
  }
  return 0;
}
