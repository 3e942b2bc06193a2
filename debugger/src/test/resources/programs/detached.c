#include <stdio.h>

int main(void) {
    FILE *file = fopen(__FILE__ ".written", "w"); // before the file
    return file == NULL || fclose(file) != 0;
}
