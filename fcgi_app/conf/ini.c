/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading INI text, and iniparser's part in it.
 *
 * iniparser 4.1 makes keys lower case, cuts an unquoted value at # and ;,
 * keeps only the last of repeated keys and refuses continued or long lines.
 * So a file is first read by the rules of the dialect, and written down again
 * in a form that iniparser delivers unharmed:
 *
 *     [s0]
 *     name.0 = "%44%45fault"        the section's name
 *     17.0 = "debug=true"           line.piece = "key=value"
 *
 * where every byte but small letters, digits and a few marks is %XX, and a
 * long value comes in pieces.  What iniparser hands back is decoded into
 * struct ini_file.  Only this file includes iniparser.
 */
#include "config.h"

#include "fcgi_app/conf/ini.h"

#include "fcgi_app/base/mem.h"
#include "fcgi_app/base/strbuf.h"
#include "fcgi_app/base/text.h"
#include "fcgi_app/conf/repr.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_INIPARSER_INIPARSER_H
#include <iniparser/iniparser.h>
#else
#include <iniparser.h>
#endif
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_SIZE 512              /* bytes of one piece; iniparser's lines end at 1024 */
#define FILE_MAX (16 * 1024 * 1024) /* bytes of a file; more is no configuration */

/* What the dialects say while they read: sections and finished assignments. */
struct writer {
    const void *mem;
    const char *path;
    struct strbuf out;
    const char **names; /* of sections, by number */
    size_t count;
    size_t current; /* section that the last header opened */
};

static void writer_encode(struct strbuf *out, const char *text, size_t size)
{
    static const char hex[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || memchr("_-./:,", c, 6)) {
            strbuf_putc(out, (char)c);
        } else {
            strbuf_putc(out, '%');
            strbuf_putc(out, hex[c >> 4]);
            strbuf_putc(out, hex[c & 15]);
        }
    }
}

static void writer_pieces(struct writer *writer, const char *key, const struct strbuf *encoded)
{
    int piece = 0;

    for (size_t at = 0; at < encoded->length; at += PIECE_SIZE) {
        size_t size = encoded->length - at < PIECE_SIZE ? encoded->length - at : PIECE_SIZE;
        strbuf_printf(&writer->out, "%s.%d = \"%.*s\"\n", key, piece++, (int)size, encoded->data + at);
    }
}

static bool writer_has_section(const struct writer *writer, const char *name, size_t *number)
{
    for (size_t i = 0; i < writer->count; i++)
        if (strcmp(writer->names[i], name) == 0) {
            *number = i;
            return true;
        }
    return false;
}

static void writer_section(struct writer *writer, const char *name, int line)
{
    struct strbuf encoded;

    if (writer_has_section(writer, name, &writer->current)) {
        strbuf_printf(&writer->out, "[s%zu]\n", writer->current);
        return;
    }
    writer->names = mem_grow(writer->mem, writer->names, const char *, writer->count + 1);
    writer->names[writer->count] = name;
    writer->current = writer->count++;
    strbuf_printf(&writer->out, "[s%zu]\n", writer->current);
    strbuf_init(&encoded, writer->mem, 64);
    strbuf_printf(&encoded, "%d=", line);
    writer_encode(&encoded, name, strlen(name));
    writer_pieces(writer, "name", &encoded);
}

static void writer_entry(struct writer *writer, const char *key, const char *value, size_t size, int line)
{
    struct strbuf encoded;
    char number[16];

    strbuf_init(&encoded, writer->mem, size + 64);
    writer_encode(&encoded, key, strlen(key));
    strbuf_putc(&encoded, '=');
    writer_encode(&encoded, value, size);
    snprintf(number, sizeof(number), "%d", line);
    writer_pieces(writer, number, &encoded);
}

/* Lines as Python's text files give them: ended by \n, \r\n or \r. */
struct lines {
    const char *at;
    const char *end;
    int number;        /* of the line last returned, from 1 */
    const char *begin; /* of that line */
    size_t size;       /* and its bytes, without the end */
    bool ended;        /* by a line end, not by the file's */
};

static bool lines_next(struct lines *lines, const char **line, size_t *size)
{
    const char *p = lines->at;

    if (p == lines->end)
        return false;
    while (p < lines->end && *p != '\n' && *p != '\r')
        p++;
    *line = lines->begin = lines->at;
    *size = lines->size = (size_t)(p - lines->at);
    lines->ended = p < lines->end;
    if (p < lines->end)
        p += *p == '\r' && p + 1 < lines->end && p[1] == '\n' ? 2 : 1;
    lines->at = p;
    lines->number++;
    return true;
}

/* ---- oslo.config ---------------------------------------------------------- */

/* An assignment whose value may still go on in further lines. */
struct pending {
    const char *key; /* NULL: none */
    struct strbuf value;
    int line;
};

static struct fault *oslo_error(struct writer *writer, const char *what, int number, const char *line)
{
    return fault_text(writer->mem, ConfigFileParseError, "Failed to parse %s: at %s:%d, %s: %s", writer->path,
                      writer->path, number, what, line ? repr_text(writer->mem, line) : "None");
}

static struct fault *oslo_flush(struct writer *writer, struct pending *pending, int number)
{
    if (!pending->key)
        return NULL;
    if (writer->count == 0)
        return oslo_error(writer, "Section must be started before assignment", number, NULL);
    writer_entry(writer, pending->key, pending->value.data, pending->value.length, pending->line);
    pending->key = NULL;
    return NULL;
}

static struct fault *oslo_assignment(struct writer *writer, struct pending *pending, const char *line, size_t size,
                                     int number)
{
    const char *sign = line;
    const char *key = line;
    const char *value;
    size_t key_size;
    size_t value_size;

    while (sign < line + size && *sign != ':' && *sign != '=')
        sign++;
    if (sign == line + size)
        return oslo_error(writer, "No ':' or '=' found in assignment", number, mem_strndup(writer->mem, line, size));
    value = sign + 1;
    value_size = (size_t)(line + size - value);
    repr_strip(&value, &value_size);
    if (value_size > 0 && value[0] == value[value_size - 1] && (value[0] == '"' || value[0] == '\'')) {
        /* a lone quote is its own pair */
        value++;
        value_size = value_size > 1 ? value_size - 2 : 0;
    }
    key_size = (size_t)(sign - line);
    repr_strip(&key, &key_size);
    if (key_size == 0)
        return oslo_error(writer, "Key cannot be empty", number, mem_strndup(writer->mem, line, size));
    pending->key = mem_strndup(writer->mem, key, key_size);
    pending->line = number;
    strbuf_init(&pending->value, writer->mem, value_size + 1);
    strbuf_put(&pending->value, value, value_size);
    return NULL;
}

static struct fault *oslo_read(struct writer *writer, struct lines *lines)
{
    struct pending pending = { 0 };
    const char *line;
    size_t size;

    while (lines_next(lines, &line, &size)) {
        repr_strip_right(line, &size);
        if (size == 0) {
            TRY(oslo_flush(writer, &pending, lines->number));
            continue;
        }
        if (line[0] == ' ' || line[0] == '\t') {
            if (!pending.key)
                return oslo_error(writer, "Unexpected continuation line", lines->number,
                                  mem_strndup(writer->mem, line, size));
            repr_strip_left(&line, &size);
            strbuf_putc(&pending.value, '\n');
            strbuf_put(&pending.value, line, size);
            continue;
        }
        TRY(oslo_flush(writer, &pending, lines->number));
        if (line[0] == '#' || line[0] == ';')
            continue;
        if (line[0] != '[') {
            TRY(oslo_assignment(writer, &pending, line, size, lines->number));
            continue;
        }
        if (line[size - 1] != ']')
            return oslo_error(writer, "Invalid section (must end with ])", lines->number,
                              mem_strndup(writer->mem, line, size));
        if (size <= 2)
            return oslo_error(writer, "Empty section name", lines->number, mem_strndup(writer->mem, line, size));
        writer_section(writer, mem_strndup(writer->mem, line + 1, size - 2), lines->number);
    }
    return oslo_flush(writer, &pending, lines->number);
}

/* ---- ConfigParser --------------------------------------------------------- */

/* The line last read, whole, as ConfigParser shows it. */
static const char *paste_line(const void *mem, const struct lines *lines)
{
    return repr_text(mem, mem_printf(mem, "%.*s%s", (int)lines->size, lines->begin, lines->ended ? "\n" : ""));
}

/* What a paste file has said so far, to refuse repeated things. */
struct paste_state {
    struct pending pending;
    bool in_section;
    bool in_default;
    size_t indent; /* in characters, of the line that the pending value began on */
    struct strbuf errors;
    struct paste_key {
        size_t section;
        const char *key;
    } * keys;
    size_t count;
};

static void paste_flush(struct writer *writer, struct paste_state *state)
{
    size_t size = state->pending.value.length;

    if (!state->pending.key)
        return;
    repr_strip_right(state->pending.value.data, &size);
    writer_entry(writer, state->pending.key, state->pending.value.data, size, state->pending.line);
    state->pending.key = NULL;
}

static struct fault *paste_section(struct writer *writer, struct paste_state *state, const char *name, int number)
{
    size_t known;

    state->in_default = strcmp(name, "DEFAULT") == 0;
    if (!state->in_default && writer_has_section(writer, name, &known))
        return fault_text(writer->mem, ConfigFileParseError,
                          "While reading from %s [line %2d]: section %s already exists",
                          repr_text(writer->mem, writer->path), number, repr_text(writer->mem, name));
    state->in_section = true;
    writer_section(writer, name, number);
    return NULL;
}

static struct fault *paste_assignment(struct writer *writer, struct paste_state *state, const char *line, size_t size,
                                      const struct lines *lines)
{
    const char *sign = line;
    const char *value;
    const char *key;
    size_t key_size;
    size_t value_size;

    while (sign < line + size && *sign != ':' && *sign != '=')
        sign++;
    key_size = (size_t)(sign - line);
    repr_strip_right(line, &key_size);
    /* Python goes on after these and tells all of them at the end */
    if (sign == line + size || key_size == 0)
        strbuf_printf(&state->errors, "\n\t[line %2d]: %s", lines->number, paste_line(writer->mem, lines));
    if (sign == line + size)
        return NULL;
    paste_flush(writer, state);
    key = mem_strndup(writer->mem, line, key_size);
    for (size_t i = 0; i < state->count; i++)
        if (state->keys[i].section == writer->current && strcmp(state->keys[i].key, key) == 0)
            return fault_text(writer->mem, ConfigFileParseError,
                              "While reading from %s [line %2d]: option %s in section %s already exists",
                              repr_text(writer->mem, writer->path), lines->number, repr_text(writer->mem, key),
                              repr_text(writer->mem, writer->names[writer->current]));
    state->keys = mem_grow(writer->mem, state->keys, struct paste_key, state->count + 1);
    state->keys[state->count++] = (struct paste_key){ writer->current, key };
    value = sign + 1;
    value_size = (size_t)(line + size - value);
    repr_strip(&value, &value_size);
    state->pending.key = key;
    state->pending.line = lines->number;
    strbuf_init(&state->pending.value, writer->mem, value_size + 1);
    strbuf_put(&state->pending.value, value, value_size);
    return NULL;
}

/* Indentation is counted as Python counts it: a wide space is one. */
static size_t characters(const char *from, const char *end)
{
    size_t count = 0;

    for (; from < end; from++)
        count += ((unsigned char)*from & 0xc0) != 0x80;
    return count;
}

static struct fault *paste_read(struct writer *writer, struct lines *lines)
{
    struct paste_state state = { 0 };
    const char *line;
    size_t size;

    strbuf_init(&state.errors, writer->mem, 64);
    while (lines_next(lines, &line, &size)) {
        const char *text = line;
        size_t text_size = size;
        size_t indent;
        repr_strip(&text, &text_size);
        if (text_size == 0) {
            if (state.pending.key)
                strbuf_putc(&state.pending.value, '\n');
            continue;
        }
        if (text[0] == '#' || text[0] == ';')
            continue;
        indent = characters(line, text);
        if (state.pending.key && indent > state.indent) {
            strbuf_putc(&state.pending.value, '\n');
            strbuf_put(&state.pending.value, text, text_size);
            continue;
        }
        state.indent = indent;
        if (text[0] == '[' && text_size > 2) {
            const char *end = memrchr(text, ']', text_size);
            if (end && end > text + 1) {
                paste_flush(writer, &state);
                TRY(paste_section(writer, &state, mem_strndup(writer->mem, text + 1, (size_t)(end - text - 1)),
                                  lines->number));
                continue;
            }
        }
        if (!state.in_section)
            return fault_text(writer->mem, ConfigFileParseError,
                              "File contains no section headers.\nfile: %s, line: %d\n%s",
                              repr_text(writer->mem, writer->path), lines->number, paste_line(writer->mem, lines));
        TRY(paste_assignment(writer, &state, text, text_size, lines));
    }
    paste_flush(writer, &state);
    if (state.errors.length > 0)
        return fault_text(writer->mem, ConfigFileParseError, "Source contains parsing errors: %s%s",
                          repr_text(writer->mem, writer->path), state.errors.data);
    return NULL;
}

/* ---- through iniparser ---------------------------------------------------- */

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Decodes %XX in place. */
static void decode(char *text)
{
    char *out = text;

    for (const char *p = text; *p; p++) {
        if (*p == '%' && p[1] && p[2]) {
            *out++ = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
            p += 2;
        } else {
            *out++ = *p;
        }
    }
    *out = '\0';
}

static struct fault *load(struct writer *writer, dictionary **dict)
{
    char path[32];
    int fd = memfd_create("ini", MFD_CLOEXEC);

    if (fd < 0)
        return fault_text(writer->mem, Internal, "%s: no memory file to read it through: %s", writer->path,
                          strerror(errno));
    for (size_t at = 0; at < writer->out.length;) {
        ssize_t wrote = write(fd, writer->out.data + at, writer->out.length - at);
        if (wrote < 0 && errno != EINTR) {
            close(fd);
            return fault_text(writer->mem, Internal, "%s: cannot write its memory file: %s", writer->path,
                              strerror(errno));
        }
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    *dict = iniparser_load(path);
    close(fd);
    if (!*dict)
        return fault_text(writer->mem, Internal, "%s: iniparser could not read it (is /proc mounted?)", writer->path);
    return NULL;
}

static void take_entry(struct ini_file *file, struct ini_section *section, const char *key, char *encoded)
{
    char *sign = strchr(encoded, '=');
    struct ini_entry *entry;

    *sign = '\0';
    decode(sign + 1);
    if (strcmp(key, "name") == 0) {
        section->name = sign + 1;
        section->line = atoi(encoded);
        return;
    }
    decode(encoded);
    section->entries = mem_grow(file, section->entries, struct ini_entry, section->count + 1);
    entry = &section->entries[section->count++];
    entry->key = encoded;
    entry->value = sign + 1;
    entry->line = atoi(key);
}

/* The dictionary's entries, in order; pieces of one key follow each other. */
static void take_all(const dictionary *dict, struct ini_file *file, size_t count)
{
    struct strbuf joined = { 0 };
    char held[64] = "";

    file->sections = mem_array(file, struct ini_section, count ? count : 1);
    file->count = count;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): load() filled it, or there was a fault */
    for (ssize_t i = 0; i <= dict->size; i++) {
        const char *key = i < dict->size ? dict->key[i] : NULL;
        const char *dot = key ? strrchr(key, '.') : NULL;
        size_t size = dot ? (size_t)(dot - key) : 0;
        if (held[0] && (!dot || strncmp(held, key, size) != 0 || held[size])) {
            const char *colon = strchr(held, ':');
            take_entry(file, &file->sections[strtoul(held + 1, NULL, 10)], colon + 1, joined.data);
            held[0] = '\0';
        }
        if (!dot)
            continue;
        if (!held[0]) {
            snprintf(held, sizeof(held), "%.*s", (int)size, key);
            strbuf_init(&joined, file, 64);
        }
        strbuf_puts(&joined, dict->val[i] ? dict->val[i] : "");
    }
}

struct fault *ini_parse(const void *mem, const char *path, const char *text, size_t size, enum ini_dialect dialect,
                        struct ini_file **file)
{
    void *scratch = mem_context(mem, "ini_parse");
    struct writer writer = { .mem = scratch, .path = path };
    struct lines lines = { .at = text, .end = text + size };
    struct fault *fault;
    dictionary *dict = NULL;

    *file = NULL;
    strbuf_init(&writer.out, scratch, size + size / 2 + 64);
    if (memchr(text, '\0', size) || !text_utf8_valid(text, size))
        fault = fault_text(mem, ConfigFileParseError, "Failed to parse %s: the file is not UTF-8 text", path);
    else
        fault = dialect == INI_OSLO ? oslo_read(&writer, &lines) : paste_read(&writer, &lines);
    if (!fault)
        fault = load(&writer, &dict);
    if (fault) {
        fault = fault_text(mem, ConfigFileParseError, "%s", fault->message);
    } else {
        *file = mem_new(mem, struct ini_file);
        (*file)->path = mem_strdup(*file, path);
        take_all(dict, *file, writer.count);
        iniparser_freedict(dict);
    }
    talloc_free(scratch);
    return fault;
}

struct fault *ini_read(const void *mem, const char *path, enum ini_dialect dialect, struct ini_file **file)
{
    struct strbuf text;
    struct fault *fault;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *file = NULL;
    if (fd < 0 && errno == EACCES)
        return fault_new(mem, ConfigFilesPermissionDeniedError, path);
    if (fd < 0 && errno == ENOENT)
        return fault_new(mem, ConfigFilesNotFoundError, path);
    if (fd < 0)
        return fault_text(mem, ConfigFileParseError, "Failed to parse %s: %s", path, strerror(errno));
    strbuf_init(&text, mem, 8192);
    for (;;) {
        ssize_t got = read(fd, strbuf_room(&text, 8192), 8192);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || text.length > FILE_MAX) {
            close(fd);
            return fault_text(mem, ConfigFileParseError, "Failed to parse %s: %s", path,
                              got < 0 ? strerror(errno) : "the file is too large");
        }
        if (got == 0)
            break;
        strbuf_wrote(&text, (size_t)got);
    }
    close(fd);
    fault = ini_parse(mem, path, text.data, text.length, dialect, file);
    talloc_free(text.data);
    return fault;
}

const struct ini_section *ini_section(const struct ini_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->sections[i].name, name) == 0)
            return &file->sections[i];
    return NULL;
}

const char *ini_value(const struct ini_section *section, const char *key)
{
    for (size_t i = section ? section->count : 0; i > 0; i--)
        if (strcmp(section->entries[i - 1].key, key) == 0)
            return section->entries[i - 1].value;
    return NULL;
}
