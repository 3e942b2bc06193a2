// builds: glibc-dynamic, glibc-static
#include "say.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/resource.h>
#include <pthread.h>

struct message { long type; char text[100]; };
union semun { int val; struct semid_ds *buf; unsigned short *array; };
static int set_id, queue_id;

static void *poster(void *unused)
{
    usleep(50000);
    struct message m = {7, "late"};
    msgsnd(queue_id, &m, 5, 0);
    return 0;
}
static void *upper(void *unused)
{
    usleep(50000);
    semop(set_id, &(struct sembuf){0, 2, 0}, 1);
    return 0;
}
static volatile int told, code, value;
static void tell(int sig, siginfo_t *i, void *c) { code = i->si_code; value = i->si_value.sival_int; told = sig; }
static void nothing(int sig) {}

int main(int argc, char **argv)
{
    struct message m = {3, "hello"}, in;
    pthread_t t;
    struct sigaction sa = {.sa_handler = nothing};
    sigaction(SIGALRM, &sa, 0);
    SHOW("message queues");
    int q = queue_id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    SHOW("made %d", q >= 0);
    SAY(msgsnd(q, &m, 6, 0));
    m.type = 5;
    SAY(msgsnd(q, &m, 3, 0));
    m.type = 0;
    SAY(msgsnd(q, &m, 3, 0));
    SAY(msgsnd(q, &m, -1, 0));
    SAY(msgsnd(q, (void *)8, 3, 0));
    SAY(msgsnd(99999999, &m, 3, 0));
    struct msqid_ds ds;
    SAY(msgctl(q, IPC_STAT, &ds));
    SHOW("  %ld messages, %ld bytes, mode %o, pid %d", (long)ds.msg_qnum, (long)ds.msg_cbytes, ds.msg_perm.mode, ds.msg_lspid == getpid());
    SAY(msgrcv(q, &in, 2, 3, 0));
    SAY(msgrcv(q, &in, 2, 3, MSG_NOERROR));
    SHOW("  %ld %.2s", in.type, in.text);
    SAY(msgrcv(q, &in, 100, 4, IPC_NOWAIT));
    SAY(msgrcv(q, &in, 100, -9, 0));
    SHOW("  %ld", in.type);
    SAY(msgrcv(q, &in, 100, 0, IPC_NOWAIT));
    SAY(msgrcv(q, (void *)8, 100, 0, IPC_NOWAIT));
    pthread_create(&t, 0, poster, 0);
    SAY(msgrcv(q, &in, 100, 0, 0));
    SHOW("  %s", in.text);
    pthread_join(t, 0);
    ualarm(30000, 0);
    SAY(msgrcv(q, &in, 100, 0, 0));
    ds.msg_perm.mode = 0640;
    SAY(msgctl(q, IPC_SET, &ds));
    SAY(msgctl(q, 77, &ds));
    SAY(msgctl(q, IPC_RMID, 0));
    SAY(msgctl(q, IPC_STAT, &ds));
    SAY(msgget(0x7654321, 0));

    SHOW("semaphores");
    int s = set_id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
    SHOW("made %d", s >= 0);
    SAY(semget(IPC_PRIVATE, 0, IPC_CREAT));
    SAY(semget(IPC_PRIVATE, -1, IPC_CREAT));
    union semun u = {.val = 2};
    SAY(semctl(s, 1, SETVAL, u));
    SAY(semctl(s, 1, GETVAL));
    u.val = -1;
    SAY(semctl(s, 1, SETVAL, u));
    SAY(semctl(s, 9, GETVAL));
    SAY(semop(s, (struct sembuf[]){{1, -1, 0}, {2, 5, 0}}, 2));
    unsigned short values[3];
    u.array = values;
    SAY(semctl(s, 0, GETALL, u));
    SHOW("  %d %d %d", values[0], values[1], values[2]);
    values[0] = 1;
    SAY(semctl(s, 0, SETALL, u));
    SAY(semctl(s, 0, GETPID) == getpid());
    SAY(semctl(s, 0, GETNCNT));
    SAY(semctl(s, 0, GETZCNT));
    SAY(semop(s, &(struct sembuf){0, -2, IPC_NOWAIT}, 1));
    SAY(semop(s, &(struct sembuf){0, 0, IPC_NOWAIT}, 1));
    SAY(semop(s, &(struct sembuf){9, 1, 0}, 1));
    SAY(semop(s, (void *)8, 1));
    SAY(semop(s, &(struct sembuf){0, 1, 0}, 0));
    SAY(semop(s, &(struct sembuf){0, 1, 0}, 100000));
    pthread_create(&t, 0, upper, 0);
    SAY(semop(s, &(struct sembuf){0, -3, 0}, 1));
    pthread_join(t, 0);
    SAY(semctl(s, 0, GETVAL));
    RAW(semtimedop, s, (&(struct sembuf){0, -1, 0}), 1L, (&(struct timespec){0, 20000000}));
    RAW(semtimedop, s, (&(struct sembuf){0, -1, 0}), 1L, (&(struct timespec){0, -1}));
    RAW(semtimedop, s, (&(struct sembuf){0, 1, SEM_UNDO}), 1L, 0L);
    ualarm(30000, 0);
    SAY(semop(s, &(struct sembuf){0, -5, 0}, 1));
    struct semid_ds sd;
    u.buf = &sd;
    SAY(semctl(s, 0, IPC_STAT, u));
    SHOW("  %ld semaphores mode %o", (long)sd.sem_nsems, sd.sem_perm.mode);
    SAY(semctl(s, 0, IPC_SET, u));
    SAY(semctl(s, 0, IPC_RMID));
    SAY(semctl(s, 0, GETVAL));
    SAY(semop(s, &(struct sembuf){0, 1, 0}, 1));

    SHOW("POSIX queues");
    char name[64], buf[300];
    snprintf(name, sizeof name, "/conformance-%d", getpid());
    struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 100};
    int p = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    SHOW("made %d cloexec %d", p >= 0, fcntl(p, F_GETFD));
    SAY(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, 0));
    SAY(mq_open("/nosuchqueue", O_RDWR));
    SAY(mq_open("noslash", O_RDWR));
    SAY(mq_open("/a/b", O_RDWR | O_CREAT, 0600, 0));
    SAY(mq_send(p, "low", 3, 1));
    SAY(mq_send(p, "high", 4, 9));
    SAY(mq_send(p, "x", 101, 9));
    SAY(mq_send(p, "x", 1, 40000));
    SAY(mq_getattr(p, &attr));
    SHOW("  flags %lx max %ld size %ld now %ld", attr.mq_flags, attr.mq_maxmsg, attr.mq_msgsize, attr.mq_curmsgs);
    unsigned priority;
    SAY(mq_receive(p, buf, 50, &priority));
    SAY(mq_receive(p, buf, 100, &priority));
    SHOW("  %.4s %u", buf, priority);
    struct pollfd pf = {p, POLLIN | POLLOUT};
    SAY(poll(&pf, 1, 0));
    SHOW("  %x", pf.revents);
    SAY(mq_receive(p, buf, 100, 0));
    struct timespec past = {1, 0};
    SAY(mq_timedreceive(p, buf, 100, 0, &past));
    SAY(mq_timedreceive(p, buf, 100, 0, &(struct timespec){1, -1}));
    attr.mq_flags = O_NONBLOCK;
    SAY(mq_setattr(p, &attr, &attr));
    SHOW("  %lx", attr.mq_flags);
    SAY(mq_receive(p, buf, 100, 0));
    for (int i = 0; i < 3; i++) mq_send(p, "fill", 4, 0);
    SAY(mq_send(p, "fill", 4, 0));
    for (int i = 0; i < 3; i++) mq_receive(p, buf, 100, 0);
    sa = (struct sigaction){.sa_sigaction = tell, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &sa, 0);
    struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 12};
    SAY(mq_notify(p, &ev));
    SAY(mq_notify(p, &ev));
    SAY(mq_send(p, "tell", 4, 0));
    for (int i = 0; i < 200 && !told; i++) usleep(5000);
    SHOW("  told %d code %d value %d", told, code, value);
    SAY(mq_notify(p, 0));
    ev.sigev_notify = 99;
    SAY(mq_notify(p, &ev));
    SAY(mq_notify(0, 0));
    SAY(mq_send(0, "x", 1, 0));
    SAY(mq_receive(777, buf, 100, 0));
    SAY(read(p, buf, 100) > 0);
    SAY(mq_unlink(name));
    SAY(mq_unlink(name));
    SAY(mq_close(p));
    return 0;
}
