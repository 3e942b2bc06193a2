#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static jmp_buf home;
static volatile int alarms;

static void leap(int n) {
    if (n == 0)
        longjmp(home, 7); // leaps
    leap(n - 1);
}

static void on_alarm(int number) {
    alarms += number;
}

static void *brief(void *arg) {
    int *out = arg;
    *out = 5; // in brief
    return NULL; // brief ends
}

static long burn(long n) {
    long sum = 0;
    for (long i = 0; i < n; i++)
        sum += i ^ alarms;
    return sum;
}

int main(void) {
    int code = setjmp(home);
    if (code == 0)
        leap(3); // calls leap
    printf("%d\n", code); // behind the jump

    pthread_t thread;
    int filled = 0;
    pthread_create(&thread, NULL, brief, &filled);
    pthread_join(thread, NULL); // joins

    signal(SIGALRM, on_alarm); // installs
    ualarm(1000, 1000);
    long sum = burn(30000000); // burns
    ualarm(0, 0); // behind burns
    return alarms > 0 && sum != 0 ? filled : 1; // last
}
