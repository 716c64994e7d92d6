#!/bin/sh
# Prints C arrays of the bytes of the files given: $1 is the folder, then NNNN_scope.sql …
#
# The text is SQLite's.  PostgreSQL's comes of it by these rules: texts compare bytewise; no
# WITHOUT ROWID; what stands between "-- sqlite {" and "-- }", or on a line that ends so, goes;
# lines behind "--| " count; the record's key is its primary key.  An index on a table that may
# be large, on a line that ends with "-- large", is made apart (postgres_migrate.h).
set -eu
folder=$1
shift

# SQLite keeps the text of each table in every file.
for_sqlite() {
    sed -e 's/^  *//' -e '/^--/d'
}

for_postgres() {
    sed -e '/^CREATE .*; -- large$/d' -e '/^-- sqlite {/,/^-- }/d' -e '/-- sqlite$/d' -e 's/^--| //' -e 's/ WITHOUT ROWID//' \
        -e '/^--/!s/ text\([ ,;]\|$\)/ text COLLATE "C"\1/g' \
        -e 's/UNIQUE (tenant, register, id, valid_from)/PRIMARY KEY (tenant, register, id, valid_from)/'
}

indexes_for_postgres() {
    sed -n 's/^CREATE INDEX \(.*\); -- large$/CREATE INDEX CONCURRENTLY IF NOT EXISTS \1/p'
}

# print_array NAME < TEXT
print_array() {
    echo "static const char $1[] = {"
    od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'
    echo "0};"
}

echo '#include "store/migration.h"'
for file in "$@"; do
    name=$(basename "$file" .sql)
    for_sqlite <"$folder/$file" | print_array "sql_$name"
    for_postgres <"$folder/$file" | print_array "sql_postgres_$name"
    indexes_for_postgres <"$folder/$file" | print_array "indexes_postgres_$name"
done
for kind in "" postgres_; do
    for scope in tenant node; do
        list=$(echo "${scope}_$kind" | tr a-z A-Z)
        echo "const struct migration MIGRATION_${list%_}[] = {"
        for file in "$@"; do
            name=$(basename "$file" .sql)
            case $name in
            *_"$scope" | *_"$scope"_*)
                indexes=0
                if [ -n "$kind" ]; then indexes=indexes_postgres_$name; fi
                echo "{\"$name\", sql_$kind$name, $indexes}," ;;
            esac
        done
        echo '{0, 0, 0}};'
    done
done
