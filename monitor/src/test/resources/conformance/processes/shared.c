// links: -lrt
#include "say.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* What processes do together: shared memory with locks in it, pipes, epoll sets, locks of files, descriptors. */

struct together {
    pthread_mutex_t lock;
    sem_t there, back;
    int value;
};

int main(void)
{
    int status;
    struct together *t = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&t->lock, &attributes);
    sem_init(&t->there, 1, 0);
    sem_init(&t->back, 1, 0);
    int memory = syscall(SYS_memfd_create, "m", 0);
    ftruncate(memory, 4096);
    char *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    int numbers[2], event = eventfd(0, 0), set = epoll_create1(0);
    pipe(numbers);
    struct epoll_event one = {.events = EPOLLIN, .data.u32 = 77};
    epoll_ctl(set, EPOLL_CTL_ADD, event, &one);
    sigset_t usr;
    sigemptyset(&usr);
    sigaddset(&usr, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr, 0);
    int signals = signalfd(-1, &usr, SFD_NONBLOCK);
    int locked = open("locked", O_RDWR | O_CREAT, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
    fcntl(locked, F_SETLK, &lock);

    pid_t pid = fork();
    if (pid == 0) {
        close(numbers[0]);
        sem_wait(&t->there);
        for (int i = 0; i < 1000; i++) {
            pthread_mutex_lock(&t->lock);
            t->value++;
            pthread_mutex_unlock(&t->lock);
        }
        strcpy(m, "through the memory file");
        struct flock probe = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 10};
        fcntl(locked, F_GETLK, &probe);
        SHOW("child: locked by the parent %d", probe.l_type == F_WRLCK && probe.l_pid == getppid());
        one.data.u32 = 78;
        SAY(epoll_ctl(set, EPOLL_CTL_MOD, event, &one));
        uint64_t number = 3;
        write(event, &number, 8);
        raise(SIGUSR1);
        struct signalfd_siginfo info;
        SHOW("child: its own signal %d", (int)read(signals, &info, sizeof info) == sizeof info && info.ssi_signo == SIGUSR1);
        write(numbers[1], "x", 1);
        sem_post(&t->back);
        _exit(0);
    }
    close(numbers[1]);
    for (int i = 0; i < 1000; i++) {
        if (i == 10) sem_post(&t->there);
        pthread_mutex_lock(&t->lock);
        t->value++;
        pthread_mutex_unlock(&t->lock);
    }
    sem_wait(&t->back);
    waitpid(pid, &status, 0);
    show_end("child", status);
    SHOW("value %d, %s", t->value, m);
    struct epoll_event found;
    SHOW("event %d data %d", epoll_wait(set, &found, 1, 1000), found.data.u32);
    struct signalfd_siginfo info;
    SAY(read(signals, &info, sizeof info));
    char bytes[4];
    SHOW("pipe %d then %d", (int)read(numbers[0], bytes, 4), (int)read(numbers[0], bytes, 4));

    int pair[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    pid = fork();
    if (pid == 0) {
        close(pair[0]);
        int fd = open("passed", O_RDWR | O_CREAT, 0600);
        char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'd';
        struct iovec vector = {&byte, 1};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
        sendmsg(pair[1], &message, 0);
        write(fd, "hello", 5);
        _exit(0);
    }
    close(pair[1]);
    waitpid(pid, &status, 0);
    char control[CMSG_SPACE(sizeof(int))], byte;
    struct iovec vector = {&byte, 1};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    SAY(recvmsg(pair[0], &message, 0));
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    SAY(lseek(fd, 0, SEEK_CUR));
    SAY(read(pair[0], &byte, 1));
    return 0;
}
