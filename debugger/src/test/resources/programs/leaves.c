#include <stdio.h>
#include <unistd.h>

static volatile long count;

int main(void) {
    while (access(__FILE__ ".go", F_OK) != 0) {
        count++; // turns
    }
    FILE *file = fopen(__FILE__ ".gone", "w");
    return file == NULL || fclose(file) != 0;
}
