// Its names and values are markup: a page about its core must show them, and do nothing that they say.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

struct label { const char *text; int size; };

static pthread_barrier_t ready;
static const char *script = "</script><script>document.title='hit'</script>";

static void *idle(void *label) {
    prctl(PR_SET_NAME, "<i id=hit>");
    pthread_barrier_wait(&ready);
    for (;;) pause();
    return label;
}

static int shown(struct label *label, const char *text) {
    const char *image = "<img src=http://127.0.0.1:1/hit onerror=\"document.title='hit'\">";
    const char *reverse = "\xe2\x80\xae" "txt.exe\x1b[31m";
    return label->size + (text == image) + (reverse == script); /* <script>document.title='hit'</script> */
}

int main(int argc, char **argv) {
    pthread_t threads[3];
    pthread_barrier_init(&ready, NULL, 4);
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, idle, argv);
    pthread_barrier_wait(&ready);
    prctl(PR_SET_NAME, "<script>hit()");
    return shown(NULL, argc > 1 ? argv[1] : "");
}
