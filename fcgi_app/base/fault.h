/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: the one way in which a function says that it could not.
 *
 * A function that can fail returns `struct fault *`; NULL is well.  Results
 * go out through trailing pointers.  TRY() passes a fault up.  Lower floors
 * name what happened (a row of faults.def, named as upstream's exception);
 * what HTTP makes of it, the resource layer decides: the route's row says
 * which codes may leave, everything else is logged and answers 500.
 * Source: nova-facts/exceptions.tsv, startup.md 11.
 */
#ifndef NOVA_BASE_FAULT_H
#define NOVA_BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* Every named fault: FAULT_InstanceNotFound, … */
enum fault_name {
#define FAULT(name, parent, module, code, text) FAULT_##name,
#include "fcgi_app/base/faults.def"
#undef FAULT
    FAULT_COUNT
};

/* One row of faults.def. */
struct fault_kind {
    const char *name;       /* upstream's class name */
    enum fault_name parent; /* itself for a root */
    const char *module;     /* Python's module, as in <class 'nova.exception.InstanceNotFound'> */
    int code;               /* HTTP status that the class carries */
    const char *text;       /* its words, with printf conversions for what upstream interpolates */
};

struct fault {
    enum fault_name name;
    int code;                     /* HTTP status */
    const char *message;          /* whole text, UTF-8 */
    const char *const *given;     /* what the row's text was filled with, in its order; NULL: words of its own */
    const char *retry_after;      /* Retry-After header, or NULL */
    const char *www_authenticate; /* WWW-Authenticate header, or NULL */
    const char *remote;           /* raised by another service: the lines of its traceback; NULL: here */
    const char *remote_kwargs;    /* of a remote fault: a JSON object with what its words were made of, or NULL */
    const char *class_name;       /* of a remote fault: its own class, which may have no row; else NULL */
    const char *cause;            /* what is behind it, for who tests a configuration; NULL: nothing else is known */
    bool explained;               /* FAULT_Http only: the message was given, so it is no default text */
    const char *file;             /* where it was made */
    int line;
    const char *function;
};

extern const struct fault_kind fault_kinds[FAULT_COUNT];

/*
 * Makes a fault on `mem`; the arguments fill the row's text.
 *     return fault_new(mem, InstanceNotFound, uuid);
 */
#define fault_new(mem, name, ...) fault_make((mem), FAULT_##name, __FILE__, __LINE__, __func__, ##__VA_ARGS__)

/* As fault_new, with words of its own in place of the row's. */
#define fault_text(mem, name, ...)                                                                                     \
    fault_make_text((mem), FAULT_##name, fault_kinds[FAULT_##name].code, __FILE__, __LINE__, __func__, __VA_ARGS__)

/*
 * What upstream raises as webob's HTTP error: a code with an explanation.
 * A NULL format is webob's default text for the code.
 */
#define fault_http(mem, code, ...) fault_make_text((mem), FAULT_Http, (code), __FILE__, __LINE__, __func__, __VA_ARGS__)

/* Functions behind the macros. */
struct fault *fault_make(const void *mem, enum fault_name name, const char *file, int line, const char *function, ...);
struct fault *fault_make_text(const void *mem, enum fault_name name, int code, const char *file, int line,
                              const char *function, const char *format, ...) __attribute__((format(printf, 7, 8)));

/* Is the fault of this kind, or of one beneath it? */
bool fault_is(const struct fault *fault, enum fault_name name);

/* The class's own name: the row's, less what stands before an underscore. */
const char *fault_class(enum fault_name name);

/*
 * The class as Python shows it, on mem: "nova.exception.InstanceNotFound", "NotImplementedError", and of what another
 * service raised "nova.exception_Remote.InstanceNotFound_Remote".  `short_name`: without the module.
 */
const char *fault_shown(const void *mem, const struct fault *fault, bool short_name);

/* WebOb's title ("Not Found") and default explanation for a status; "Unknown" and "" for others. */
const char *fault_title(int code);
const char *fault_default_text(int code);

#define FAULT_CHECK __attribute__((warn_unused_result))

/* Passes a fault up to the caller. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        struct fault *try_fault_ = (call);                                                                             \
        if (__builtin_expect(!!try_fault_, 0))                                                                         \
            return try_fault_;                                                                                         \
    } while (0)

#endif
