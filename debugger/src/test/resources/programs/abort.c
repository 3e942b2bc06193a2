#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum color { RED, GREEN = 5, BLUE };

struct item {
    char name[16];
    enum color color;
    double weight;
    struct item *next;
};

static struct item store[3];

static void check(struct item *item, int limit) {
    if (item->weight > limit)
        abort(); // aborts
}

int main(void) {
    for (int i = 0; i < 3; i++) {
        strcpy(store[i].name, "item");
        store[i].color = i == 1 ? GREEN : BLUE;
        store[i].weight = 1.5 * i;
        store[i].next = i < 2 ? &store[i + 1] : NULL;
    }
    for (struct item *p = store; p; p = p->next) {
        float ratio = (float)p->weight / 3;
        check(p, 2); // calls check
        printf("%s %f\n", p->name, ratio);
    }
    return 0;
}
