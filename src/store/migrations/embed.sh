#!/bin/sh
# Prints C arrays of the bytes of the files given: $1 is the folder, then NNNN_scope.sql …
set -eu
folder=$1
shift
echo '#include "store/migration.h"'
for file in "$@"; do
    name=$(basename "$file" .sql)
    echo "static const char sql_$name[] = {"
    od -An -v -tx1 "$folder/$file" | sed 's/ \(..\)/0x\1,/g'
    echo "0};"
done
for scope in tenant node; do
    upper=$(echo "$scope" | tr a-z A-Z)
    echo "const struct migration MIGRATION_$upper[] = {"
    for file in "$@"; do
        name=$(basename "$file" .sql)
        case $name in
        *_"$scope" | *_"$scope"_*) echo "{\"$name\", sql_$name}," ;;
        esac
    done
    echo '{0, 0}};'
done
