/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of options.def as data, and the defaults that depend on the machine. */
#include "config.h"

#include "fcgi_app/conf/options.h"

#include "fcgi_app/base/mem.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

const char option_hostname[] = "<hostname of the machine>";
const char option_my_ip[] = "<first address of the machine>";
const char option_package_dir[] = "<directory of the program's data>";

/* The words of options.def. */
#define TYPE(kind_, ...)                                                                                               \
    {                                                                                                                  \
        .kind = OPTION_KIND_##kind_, ##__VA_ARGS__                                                                     \
    }
#define BOOL(...) TYPE(BOOL, __VA_ARGS__)
#define INT(...) TYPE(INT, __VA_ARGS__)
#define PORT(...) TYPE(PORT, AT_LEAST(0), AT_MOST(65535))
#define FLOAT(...) TYPE(FLOAT, __VA_ARGS__)
#define STR(...) TYPE(STR, __VA_ARGS__)
#define LIST(...) TYPE(LIST, __VA_ARGS__)
#define MULTI(...) TYPE(MULTI, __VA_ARGS__)
#define MULTI_DICT(...) TYPE(MULTI_DICT, __VA_ARGS__)
#define HOST_ADDRESS(...) TYPE(HOST_ADDRESS, __VA_ARGS__)
#define HOST_DOMAIN(...) TYPE(HOST_DOMAIN, __VA_ARGS__)
#define URI(...) TYPE(URI, __VA_ARGS__)
#define AT_LEAST(number) .has_min = true, .min = (number)
#define AT_MOST(number) .has_max = true, .max = (number)
#define CHOICES(text_) .choices = "" text_
#define NONE_IS_NO_TEXT .none_is_no_text = true
#define IGNORE_CASE .ignore_case = true
#define MATCHES(text_) .regex = "" text_
#define LONGEST(number) .max_length = (number)
#define SCHEMES(text_) .schemes = "" text_
#define NONE NULL
#define HOSTNAME option_hostname
#define MY_IP option_my_ip
#define PACKAGE_DIR option_package_dir

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(group_, name_, type_, default_, ...)                                                                    \
    [OPTION_##group_##_##name_] = { .group = #group_, .name = #name_, .type = type_, .text = default_, ##__VA_ARGS__ },
#include "fcgi_app/conf/options.def"
#undef OPTION
};

/* Groups that only nova-compute, the conductor's helpers or the console proxies read. */
static const char *const foreign_groups[] = {
    "devices", "guestfs", "hyperv", "image_cache", "ironic", "libvirt", "mks", "rdp", "vmware", "zvm",
};

static const char *first_address(const void *mem)
{
    /* As nova: the address from which the machine would talk to the outside; no packet is sent. */
    struct sockaddr_in outside = { .sin_family = AF_INET, .sin_port = htons(80) };
    struct sockaddr_in own = { 0 };
    socklen_t size = sizeof(own);
    char text[INET_ADDRSTRLEN];
    const char *found = NULL;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0) {
        inet_pton(AF_INET, "192.0.2.0", &outside.sin_addr);
        if (connect(fd, (struct sockaddr *)&outside, sizeof(outside)) == 0 &&
            getsockname(fd, (struct sockaddr *)&own, &size) == 0 && own.sin_addr.s_addr &&
            inet_ntop(AF_INET, &own.sin_addr, text, sizeof(text)))
            found = mem_strdup(mem, text);
        close(fd);
    }
    return found ? found : "127.0.0.1";
}

const char *option_default(const void *mem, enum option option)
{
    const char *text = option_rows[option].text;

    if (text == option_hostname) {
        char name[256] = "";
        gethostname(name, sizeof(name) - 1);
        return mem_strdup(mem, name);
    }
    if (text == option_my_ip)
        return first_address(mem);
    if (text == option_package_dir)
        return NOVA_DATADIR;
    return text;
}

const char *option_spelling(enum option option)
{
    return option_rows[option].spelling ? option_rows[option].spelling : option_rows[option].name;
}

bool option_is_multi(enum option option)
{
    enum option_kind kind = option_rows[option].type.kind;

    return kind == OPTION_KIND_MULTI || kind == OPTION_KIND_MULTI_DICT;
}

bool option_is_list(enum option option)
{
    return option_rows[option].type.kind == OPTION_KIND_LIST || option_is_multi(option);
}

enum option option_find(const char *group, const char *name)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strcmp(option_rows[i].name, name) == 0 && strcmp(option_rows[i].group, group) == 0)
            return (enum option)i;
    return OPTION_COUNT;
}

bool option_is_foreign(enum option option)
{
    for (size_t i = 0; i < sizeof(foreign_groups) / sizeof(foreign_groups[0]); i++)
        if (strcmp(option_rows[option].group, foreign_groups[i]) == 0)
            return true;
    return false;
}
