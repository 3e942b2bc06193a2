/* A query of SQLite that a function of the program's own aborts: sqlite crash */
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

static void stop(sqlite3_context *context, int count, sqlite3_value **values) {
    if (count > 0 && sqlite3_value_int(values[0]) == 400) abort();
    sqlite3_result_int(context, count);
}

int main(int argc, char **argv) {
    sqlite3 *database;
    int crash = argc > 1 && strcmp(argv[1], "crash") == 0;
    if (sqlite3_open(":memory:", &database) != SQLITE_OK) return 1;
    sqlite3_create_function(database, "stop", 1, SQLITE_UTF8, NULL, stop, NULL, NULL);
    sqlite3_exec(database, "create table numbers(n integer primary key, t text)", NULL, NULL, NULL);
    sqlite3_exec(
        database,
        "with recursive c(x) as (select 1 union all select x + 1 from c where x < 900)"
        " insert into numbers select x, hex(x) from c",
        NULL,
        NULL,
        NULL);
    sqlite3_exec(
        database,
        crash ? "select sum(stop(n)) from numbers where t > '3' group by n % 7" : "select count(*) from numbers",
        NULL,
        NULL,
        NULL);
    return sqlite3_close(database);
}
