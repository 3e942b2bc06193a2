#include "say.h"
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/mman.h>
#include <sys/wait.h>

static int attached(int id)
{
    struct shmid_ds ds;
    return shmctl(id, IPC_STAT, &ds) ? -1 : (int)ds.shm_nattch;
}

int main(int argc, char **argv)
{
    int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
    SHOW("made %d", id >= 0);
    SAY(shmget(IPC_PRIVATE, 0, IPC_CREAT));
    SAY(shmget(0x7654321, 100, 0));
    SAY(shmget(IPC_PRIVATE, -1, IPC_CREAT | 0600));
    char *a = shmat(id, 0, 0), *b = shmat(id, 0, 0), *ro = shmat(id, 0, SHM_RDONLY);
    SHOW("attached %d, different %d", a != (void *)-1 && b != (void *)-1 && ro != (void *)-1, a != b);
    a[0] = 'x';
    a[9999] = 'y';
    SHOW("shared %c %c %c", b[0], b[9999], ro[0]);
    SHOW("attachments %d", attached(id));
    struct shmid_ds ds;
    SAY(shmctl(id, IPC_STAT, &ds));
    SHOW("  size %ld mode %o pid %d", (long)ds.shm_segsz, ds.shm_perm.mode, ds.shm_cpid == getpid());
    MAPPED(shmat(99999999, 0, 0));
    MAPPED(shmat(id, (void *)5, 0));
    char *hint = mmap(0, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(hint, 1 << 20);
    char *at = shmat(id, hint + 4096, 0);
    SHOW("at the address asked for %d", at == hint + 4096);
    SAY(shmdt(at));
    at = shmat(id, hint + 4096 + 77, SHM_RND);
    SHOW("rounded %d", at == hint + 4096);
    MAPPED(shmat(id, hint + 4096, 0));
    char *over = shmat(id, hint + 4096, SHM_REMAP);
    SHOW("remapped %d", over == hint + 4096);
    MAPPED(shmat(id, 0, SHM_REMAP));
    SAY(shmdt(over));
    SAY(shmdt(over));
    SAY(shmdt(a + 1));
    SAY(shmdt(a));
    SHOW("attachments %d", attached(id));
    SHOW("still %c", b[0]);
    SAY(mprotect(ro, 4096, PROT_READ));
    SAY(mprotect(ro, 4096, PROT_READ | PROT_WRITE));
    int p[2];
    pipe(p);
    SAY(write(p[1], b, 5));
    SAY(read(p[0], ro, 5));
    pid_t child = fork();
    if (child == 0) {
        b[1] = 'c';
        _exit(ro[0] == 'x' ? 7 : 8);
    }
    int status;
    waitpid(child, &status, 0);
    show_end("child", status);
    SHOW("child wrote %c", b[1]);
    SHOW("attachments %d", attached(id));
    SAY(shmctl(id, IPC_RMID, 0));
    SHOW("removed, still %c", b[0]);
    SAY(shmctl(id, IPC_STAT, &ds));
    SHOW("  destroyed at the last detach %d", !!(ds.shm_perm.mode & 01000));
    SAY(shmdt(ro));
    SAY(shmdt(b));
    SAY(shmctl(id, IPC_STAT, &ds));
    SAY(shmctl(0, 77, &ds));
    return 0;
}
