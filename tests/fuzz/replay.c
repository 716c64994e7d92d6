/* The main of a fuzz target in an ordinary build: runs it on each file of a corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 1;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size + 1);
    size_t got = fread(data, 1, size, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, got);
    free(data);
    printf("ok - %s\n", name);
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    int count = 0;

    if (argc != 2)
        return 2;
    DIR *folder = opendir(argv[1]);
    if (folder == NULL) {
        fprintf(stderr, "no corpus at %s\n", argv[1]);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        failed |= replay(argv[1], entry->d_name);
        count++;
    }
    closedir(folder);
    return failed || count == 0;
}
