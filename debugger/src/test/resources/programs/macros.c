#define MAX_USERS 16
#define SCALE(x) ((x) * MAX_USERS)
#define users count

struct account {
    int users_left;
};

static int inner(int *where, int count) {
    struct account account = {MAX_USERS - count};
#define users_of(a) ((a).users_left)
    *where = count + account.users_left;  // crash
    return count;
}

#undef MAX_USERS
#define MAX_USERS 32

int main(void) {
    int total = 5;
    return inner(0, total) + SCALE(total);  // call
}
