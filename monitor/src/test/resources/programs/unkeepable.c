/* Has one thing that a snapshot cannot keep, as descriptor 5, asks for one that lets it go on, and says what came. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int semaphores;

static void remove_set(void) { semctl(semaphores, 0, IPC_RMID); }

int main(int argc, char **argv) {
    const char *what = argv[1];
    int fd = -1;
    if (!strcmp(what, "fifo")) {
        mkfifo("fifo", 0600);
        fd = open("fifo", O_RDWR);
    } else if (!strcmp(what, "passed")) {
        int pair[2];
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        fd = socket(AF_PACKET, SOCK_RAW, 0);
        if (fd < 0) fd = socket(AF_INET, SOCK_RAW, 1);
    } else if (!strcmp(what, "async")) {
        fd = open("async", O_RDWR | O_CREAT, 0600);
        int pair[2];
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        fd = pair[0];
        fcntl(fd, F_SETFL, O_ASYNC);
    } else if (!strcmp(what, "aio")) {
        aio_context_t context = 0;
        syscall(SYS_io_setup, 4, &context);
    } else if (!strcmp(what, "owned")) {
        fd = eventfd(0, 0);
        fcntl(fd, F_SETOWN, getppid());
    } else if (!strcmp(what, "thread")) {
        struct f_owner_ex owner = {F_OWNER_TID, getpid()};
        fd = eventfd(0, 0);
        fcntl(fd, F_SETOWN_EX, &owner);
    } else if (!strcmp(what, "notify")) {
        fd = open(".", O_RDONLY | O_DIRECTORY);
        signal(SIGIO, SIG_IGN);
        fcntl(fd, F_NOTIFY, DN_DELETE);
    } else if (!strcmp(what, "queue")) {
        /* as mq_open does */
        syscall(SYS_mq_unlink, "km-unkeepable");
        fd = syscall(SYS_mq_open, "km-unkeepable", O_RDWR | O_CREAT, 0600, 0);
        syscall(SYS_mq_unlink, "km-unkeepable");
    } else if (!strncmp(what, "undo", 4)) {
        /* 2 up and 1 down again, with or without taking all back */
        int set = semget(IPC_PRIVATE, 2, 0600);
        struct sembuf steps[] = {{1, 2, SEM_UNDO}, {0, 1, 0}, {1, -1, SEM_UNDO}};
        semop(set, steps, 3);
        if (!strcmp(what, "undone")) semop(set, (struct sembuf[]) {{1, -1, SEM_UNDO | IPC_NOWAIT}}, 1);
        if (!strcmp(what, "undo set")) semctl(set, 1, SETVAL, 1);
        if (!strcmp(what, "undo all")) semctl(set, 0, SETALL, (unsigned short[]) {3, 4});
        if (!strcmp(what, "undo gone")) semctl(set, 0, IPC_RMID);
        atexit(remove_set);
        semaphores = set;
    } else if (!strcmp(what, "group")) {
        struct ip_mreqn group = {{htonl(0xe0000007)}, {htonl(INADDR_LOOPBACK)}, 0};
        fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group)) perror("group");
    } else if (!strcmp(what, "filter")) {
        struct sock_filter all = {BPF_RET | BPF_K, 0, 0, 0xffff};
        struct sock_fprog program = {1, &all};
        fd = socket(AF_INET, SOCK_DGRAM, 0);
        if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)) perror("filter");
    } else if (!strcmp(what, "directory")) {
        mkdir("gone", 0700);
        chdir("gone");
        rmdir("../gone");
    } else if (!strcmp(what, "shared")) {
        fd = open("shared", O_RDWR | O_CREAT, 0600);
        ftruncate(fd, 4096);
        mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 0);
        unlink("shared");
        close(fd);
        fd = -1;
    }
    pid_t child = strcmp(what, "child") ? 0 : fork();
    if (child == 0 && !strcmp(what, "child")) {
        pause();
        return 1;
    }
    if (fd >= 0 && fd != 5) {
        dup2(fd, 5);
        for (int i = 3; i < 10; i++) if (i != 5) close(i);
    }
    long result = syscall(505, 0, 0, 1L);
    if (result == 0) printf("taken\n");
    else printf("refused: %s\n", strerror(errno));
    if (child > 0) kill(child, SIGKILL);
    return 0;
}
