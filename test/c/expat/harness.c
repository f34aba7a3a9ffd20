/* Parses a document while one allocation fails, and reports the result. */
#include <Python.h>

#undef malloc
#undef calloc
#undef realloc
#undef free

#include <expat.h>

static PyMemAllocatorEx real;
static int calls, fail_at, fail_forever;

/* The names of the open elements, as a program would keep them. */
static char *open_names[64];
static int depth, elements, characters, failed;

static int fails(void) {
    const int call = ++calls;
    return fail_at != 0 && (call == fail_at || (fail_forever && call > fail_at));
}

static void *failing_malloc(void *ctx, size_t n) {
    (void)ctx;
    return fails() ? NULL : real.malloc(real.ctx, n);
}

static void *failing_calloc(void *ctx, size_t count, size_t size) {
    (void)ctx;
    return fails() ? NULL : real.calloc(real.ctx, count, size);
}

static void *failing_realloc(void *ctx, void *block, size_t n) {
    (void)ctx;
    return fails() ? NULL : real.realloc(real.ctx, block, n);
}

static void plain_free(void *ctx, void *block) {
    (void)ctx;
    real.free(real.ctx, block);
}

static void begin(void *parser, const char *name, const char **attributes) {
    (void)attributes;
    char *copy = PyMem_New(char, strlen(name) + 1);
    if (copy == NULL || depth == 64) {
        failed = 1;
        PyMem_Del(copy);
        XML_StopParser(parser, XML_FALSE);
        return;
    }
    open_names[depth++] = strcpy(copy, name);
    elements++;
}

static void end(void *parser, const char *name) {
    (void)parser;
    if (depth == 0) return;
    if (strcmp(open_names[--depth], name) != 0) failed = 1;
    PyMem_Del(open_names[depth]);
}

static void text(void *parser, const char *at, int n) {
    (void)parser, (void)at;
    characters += n;
}

/* 0 if the document was parsed, -1 if there was no parser, -2 if a handler failed, otherwise the error of expat. */
static int parse_with_allocator(const char *document, int n) {
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    if (parser == NULL) return -1;
    XML_SetUserData(parser, parser);
    XML_SetElementHandler(parser, begin, end);
    XML_SetCharacterDataHandler(parser, text);
    /* In pieces, so that expat has to keep the rest of each. */
    int status = XML_STATUS_OK;
    for (int at = 0; status == XML_STATUS_OK && at < n; at += 100) {
        const int piece = n - at < 100 ? n - at : 100;
        status = XML_Parse(parser, document + at, piece, at + piece == n);
    }
    const int error = XML_GetErrorCode(parser);
    XML_ParserFree(parser);
    while (depth > 0) PyMem_Del(open_names[--depth]);
    if (status == XML_STATUS_OK) return failed ? -2 : 0;
    return failed ? -2 : error;
}

/* `at` is the number of the allocation that fails, 0 if none does; `forever` tells whether all later ones fail too. */
int parse(const char *document, int n, int at, int forever) {
    calls = elements = characters = depth = failed = 0;
    fail_at = at;
    fail_forever = forever;
    PyMem_GetAllocator(PYMEM_DOMAIN_MEM, &real);
    PyMemAllocatorEx failing = {NULL, failing_malloc, failing_calloc, failing_realloc, plain_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &failing);
    const int result = parse_with_allocator(document, n);
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &real);
    return result;
}

int calls_made(void) { return calls; }
int elements_seen(void) { return elements; }
int characters_seen(void) { return characters; }
