// builds: glibc-dynamic, glibc-static
#include "say.h"

int main(int argc, char **argv)
{
    struct { struct file_handle h; char room[128]; } a = {0};
    int mount = -1;
    char buf[20];
    put_file("f", "content");
    SAY(symlink("f", "l"));
    int dir = open(".", O_RDONLY), f = open("f", O_RDONLY);
    a.h.handle_bytes = 0;
    SAY(name_to_handle_at(AT_FDCWD, "f", &a.h, &mount, 0));
    SHOW("  wants room %d", a.h.handle_bytes > 0);
    a.h.handle_bytes = 200;
    SAY(name_to_handle_at(AT_FDCWD, "f", &a.h, &mount, 0));
    a.h.handle_bytes = 128;
    long r = SAY(name_to_handle_at(AT_FDCWD, "l", &a.h, &mount, AT_SYMLINK_FOLLOW));
    SHOW("  %d", r == 0 && mount > 0);
    if (r == 0) {
        int o = SAY(open_by_handle_at(dir, &a.h, O_RDONLY) >= 0);
        int fd = open_by_handle_at(dir, &a.h, O_RDONLY | O_CLOEXEC);
        SAY(read(fd, buf, 20));
        SHOW("  cloexec %d", fcntl(fd, F_GETFD));
    }
    a.h.handle_bytes = 128;
    SAY(name_to_handle_at(f, "", &a.h, &mount, 0x1000));
    SAY(name_to_handle_at(AT_FDCWD, "none", &a.h, &mount, 0));
    SAY(name_to_handle_at(777, "f", &a.h, &mount, 0));
    SAY(name_to_handle_at(AT_FDCWD, "f", (void *)8, &mount, 0));
    SAY(name_to_handle_at(AT_FDCWD, "f", &a.h, &mount, 0x8000));
    a.h.handle_bytes = 0;
    SAY(open_by_handle_at(dir, &a.h, O_RDONLY));
    a.h.handle_bytes = 500;
    SAY(open_by_handle_at(dir, &a.h, O_RDONLY));
    SAY(open_by_handle_at(dir, (void *)8, O_RDONLY));
    return 0;
}
