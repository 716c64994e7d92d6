#include <stdio.h>

int main(void)
{
    puts("uprava " UPRAVA_VERSION);
    return 0;
}
