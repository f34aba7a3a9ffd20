// Calls of the functions for strings, bytes and bytearrays: unicodeobject.h, unicodewriter.h, bytesobject.h, cpython/text.h, cpython/buffers.h.

#include "calls.h"

#define BYTEARRAYS(o, k) PyByteArray_Check(o)

static void show_one(void) {
    FOR_X(ANY, NEW(PyUnicode_FromObject(x)))
    FOR_X(ANY, NEW(PyUnicode_AsUTF8String(x)))
    FOR_X(ANY, NEW(PyUnicode_AsLatin1String(x)))
    FOR_X(ANY, NEW(PyUnicode_AsASCIIString(x)))
    FOR_X(ANY, NUM(PyUnicode_GetLength(x)))
    FOR_X(ANY, TEXT(PyUnicode_AsUTF8(x)))
    FOR_X(ANY, {
        Py_ssize_t n = 0;
        TEXT(PyUnicode_AsUTF8AndSize(x, &n));
        if (PyUnicode_Check(x)) NUM((PyUnicode_AsUTF8AndSize(x, &n), n));
    })
    FOR_X(ANY, NEW(PyUnicode_FromEncodedObject(x, NULL, NULL)))
    FOR_X(ANY, NEW(PyUnicode_FromEncodedObject(x, "latin-1", "strict")))
    static const char *const encodings[] = {"utf-8", "UTF8", "ascii", "latin-1", "iso-8859-1", "no such"};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(encodings); k++) {
        FOR_X(ANY, {
            snprintf(numbers, sizeof numbers, ", \"%s\"", encodings[k]);
            NEW(PyUnicode_AsEncodedString(x, encodings[k], NULL));
        })
        FOR_S({
            snprintf(numbers, sizeof numbers, "\"%s\", \"%s\"", s, encodings[k]);
            NEW(PyUnicode_Decode(s, (Py_ssize_t)strlen(s), encodings[k], NULL));
        })
    }
}

static void show_places(void) {
    FOR_X(STRINGS, FOR_IJ(NEW(PyUnicode_Substring(x, i, j))))
    FOR_X(STRINGS, FOR_I(NUM(PyUnicode_ReadChar(x, i))))
    FOR_XY(STRINGS, STRINGS, FOR_I({
               for (int way = -1; way <= 1; way += 2) {
                   snprintf(numbers, sizeof numbers, ", %zd, %d", i, way);
                   NUM(PyUnicode_Find(x, y, i, PY_SSIZE_T_MAX, way));
                   NUM(PyUnicode_Find(x, y, 0, i, way));
                   NUM(PyUnicode_Tailmatch(x, y, i, PY_SSIZE_T_MAX, way));
                   NUM(PyUnicode_Tailmatch(x, y, 0, i, way));
               }
               snprintf(numbers, sizeof numbers, ", %zd", i);
               NUM(PyUnicode_Count(x, y, i, PY_SSIZE_T_MAX));
               NEW(PyUnicode_Split(x, y, i));
               NEW(PyUnicode_RSplit(x, y, i));
           }))
    FOR_X(STRINGS, FOR_I({
              for (Py_UCS4 c = 'a'; c <= 0x20ac; c += 0x20ac - 'a')
                  for (int way = -1; way <= 1; way += 2) {
                      snprintf(numbers, sizeof numbers, ", %d, %zd, %d", (int)c, i, way);
                      if (i < 0) continue; /* CPython would read before the string. */
                      NUM(PyUnicode_FindChar(x, c, i, PY_SSIZE_T_MAX, way));
                      NUM(PyUnicode_FindChar(x, c, 0, i, way));
                  }
              snprintf(numbers, sizeof numbers, ", %zd", i);
              NEW(PyUnicode_Split(x, NULL, i));
              NEW(PyUnicode_RSplit(x, NULL, i));
          }))
    FOR_XY(ANY, FEW, {
        NUM(PyUnicode_Find(x, y, 0, 9, 1));
        NUM(PyUnicode_Count(x, y, 0, 9));
        NUM(PyUnicode_Tailmatch(x, y, 0, 9, 1));
        NEW(PyUnicode_Split(x, y, -1));
        NEW(PyUnicode_RSplit(x, y, -1));
    })
}

static void show_two(void){
    FOR_XY(ANY, FEW, NEW(PyUnicode_Concat(x, y))) FOR_XY(ANY, FEW, NEW(PyUnicode_Join(x, y)))
        FOR_XY(STRINGS, ANY, NEW(PyUnicode_Join(x, y))) FOR_XY(ANY, FEW, NUM(PyUnicode_Contains(x, y)))
            FOR_XY(STRINGS, ANY, NUM(PyUnicode_Contains(x, y))) FOR_XY(ANY, FEW, NUM(PyUnicode_Compare(x, y)))
                FOR_XY(ANY, FEW, NUM(PyUnicode_Equal(x, y)))
                    FOR_XY(STRINGS, STRINGS,
                           {
                               NUM(PyUnicode_Compare(x, y));
                               NUM(PyUnicode_Equal(x, y));
                               for (int operator = Py_LT; operator <= Py_GE; operator++) {
                                   snprintf(numbers, sizeof numbers, ", %d", operator);
                                   NEW(PyUnicode_RichCompare(x, y, operator));
                               }
                           }) FOR_XY(ANY, FEW, NEW(PyUnicode_RichCompare(x, y, Py_EQ)))
                        FOR_XY(ANY, FEW, NEW(PyUnicode_RichCompare(x, y, Py_LT)))
                            FOR_X(STRINGS, FOR_S({
                                      NUM(PyUnicode_CompareWithASCIIString(x, s));
                                      NUM(PyUnicode_EqualToUTF8(x, s));
                                      NUM(PyUnicode_EqualToUTF8AndSize(x, s, (Py_ssize_t)strlen(s)));
                                  })) FOR_XYZ(STRINGS, STRINGS, FEW,
                                              {
                                                  for (int most = -1; most <= 1; most++) {
                                                      snprintf(numbers, sizeof numbers, ", %d", most);
                                                      NEW(PyUnicode_Replace(x, y, z, most));
                                                  }
                                              }) FOR_XY(ANY, FEW,
                                                        {
                                                            PyObject *out = Py_NewRef(x);
                                                            PyUnicode_Append(&out, y);
                                                            NEW(out);
                                                            out = Py_NewRef(x);
                                                            PyUnicode_AppendAndDel(&out, Py_NewRef(y));
                                                            NEW(out);
                                                        })
                                FOR_X(STRINGS, FOR_I({
                                          Py_UCS4 units[8] = {9, 9, 9, 9, 9, 9, 9, 9};
                                          if (i >= 0 && i < 8) {
                                              NUM(PyUnicode_AsUCS4(x, units, i, (int)i & 1) != NULL);
                                              if (i > PyUnicode_GET_LENGTH(x))
                                                  NEW(PyBytes_FromStringAndSize((char *)units, sizeof units));
                                          }
                                      })) FOR_X(STRINGS,
                                                {
                                                    Py_UCS4 *copy = PyUnicode_AsUCS4Copy(x);
                                                    NEW(copy ? PyBytes_FromStringAndSize(
                                                                   (char *)copy, (PyUnicode_GetLength(x) + 1) * 4)
                                                             : NULL);
                                                    PyMem_Free(copy);
                                                    PyObject *out = Py_NewRef(x);
                                                    PyUnicode_InternInPlace(&out);
                                                    NEW(out);
                                                })}

_Py_IDENTIFIER(name);

static void show_made(void) {
    FOR_S({
        NEW(PyUnicode_FromString(s));
        NEW(PyUnicode_InternFromString(s));
        NEW(PyBytes_FromString(s));
        NEW(Py_NewRef(_PyUnicode_FromId(&PyId_name)));
        for (int n = 0; n <= (int)strlen(s); n++) {
            snprintf(numbers, sizeof numbers, "\"%s\", %d", s, n);
            NEW(PyUnicode_FromStringAndSize(s, n));
            NEW(PyBytes_FromStringAndSize(s, n));
            NEW(PyByteArray_FromStringAndSize(s, n));
            NEW(PyUnicode_DecodeUTF8(s, n, NULL));
            NEW(PyUnicode_DecodeUTF8(s, n, "strict"));
            NEW(PyUnicode_DecodeLatin1(s, n, NULL));
            NEW(PyUnicode_DecodeASCII(s, n, NULL));
        }
    })
    static const char *const wrong[] = {"\xff",     "a\xc3",   "\xe2\x82",     "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                        "\xc0\x80", "ab\x80z", "\xf0\x9f\x98", "\xe2\x28\xa1"};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(wrong); k++) {
        snprintf(numbers, sizeof numbers, "wrong %zu", k);
        NEW(PyUnicode_DecodeUTF8(wrong[k], (Py_ssize_t)strlen(wrong[k]), NULL));
        NEW(PyUnicode_FromString(wrong[k]));
        NEW(PyUnicode_DecodeASCII(wrong[k], (Py_ssize_t)strlen(wrong[k]), NULL));
        NEW(PyUnicode_DecodeLatin1(wrong[k], (Py_ssize_t)strlen(wrong[k]), NULL));
    }
    static const int characters[] = {-1,     0,      'a',     'Z',     ' ',     '\n',     0x7f,
                                     0x85,   0xa0,   0xaa,    0xb2,    0xb5,    0xdf,     0xff,
                                     0x130,  0x1c5,  0x660,   0x2028,  0x3000,  0x20ac,   0xd800,
                                     0xfb01, 0xffff, 0x10000, 0x1d7ce, 0x1f600, 0x10ffff, 0x110000};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(characters); k++) {
        const int c = characters[k];
        snprintf(numbers, sizeof numbers, "%d", c);
        NEW(PyUnicode_FromOrdinal(c));
        if (c < 0 || c > 0x10ffff) continue;
        const Py_UCS4 u = (Py_UCS4)c;
        NUM(_PyUnicode_IsWhitespace(u));
        NUM(_PyUnicode_IsLinebreak(u));
        NUM(_PyUnicode_IsLowercase(u));
        NUM(_PyUnicode_IsUppercase(u));
        NUM(_PyUnicode_IsTitlecase(u));
        NUM(_PyUnicode_IsAlpha(u));
        NUM(_PyUnicode_IsDecimalDigit(u));
        NUM(_PyUnicode_IsDigit(u));
        NUM(_PyUnicode_IsNumeric(u));
        NUM(_PyUnicode_IsPrintable(u));
        NUM(_PyUnicode_ToLowercase(u));
        NUM(_PyUnicode_ToUppercase(u));
        NUM(_PyUnicode_ToTitlecase(u));
        NEW(PyUnicode_FromKindAndData(4, &u, 1));
        PyObject *filled = PyUnicode_New(3, u);
        NUM(filled ? PyUnicode_Fill(filled, 0, 3, u) : -2);
        NUM(filled ? PyUnicode_WriteChar(filled, 1, 'b') : -2);
        NUM(filled ? PyUnicode_WriteChar(filled, 3, 'b') : -2);
        NUM(filled ? PyUnicode_Fill(filled, 1, 9, u) : -2);
        NUM(filled ? PyUnicode_Fill(filled, 4, 9, u) : -2);
        NUM(filled ? PyUnicode_Fill(filled, -1, 2, u) : -2);
        NEW(filled);
    }
    numbers[0] = 0;
    NEW(PyUnicode_FromKindAndData(3, "ab", 1));
    NEW(PyUnicode_FromKindAndData(1, "ab", -1));
    NEW(PyUnicode_FromKindAndData(1, "ab\xe9", 3));
    NEW(PyUnicode_FromKindAndData(2, (const Py_UCS2[]){0x61, 0x20ac}, 2));
    NEW(PyUnicode_FromStringAndSize("a", -1));
    NEW(PyBytes_FromStringAndSize("a", -1));
    NEW(PyUnicode_New(-1, 'a'));
    x = PyUnicode_FromString("too long");
    y = PyUnicode_New(4, 'a');
    NUM(PyUnicode_CopyCharacters(y, 0, x, 0, 8));
    end_arguments();
    FOR_XY(STRINGS, STRINGS, {
        for (int at = 0; at <= 4; at += 2) {
            PyObject *to = PyUnicode_New(4, 0x10ffff);
            snprintf(numbers, sizeof numbers, ", %d", at);
            PyUnicode_Fill(to, 0, 4, '-');
            if (PyUnicode_GET_LENGTH(x) <= 4 - at) NUM(PyUnicode_CopyCharacters(to, at, x, 0, 2));
            if (PyUnicode_GET_LENGTH(y) <= 4) NUM(PyUnicode_CopyCharacters(to, 0, y, at, 9));
            NEW(to);
        }
    })
}

static void show_bytes(void) {
    FOR_X(ANY, NEW(PyBytes_FromObject(x)))
    FOR_X(ANY, NUM(PyBytes_Size(x)))
    FOR_X(ANY, TEXT(PyBytes_AsString(x)))
    FOR_X(ANY, {
        char *bytes = NULL;
        Py_ssize_t n = 0;
        NUM(PyBytes_AsStringAndSize(x, &bytes, &n));
        if (bytes) NUM(n);
        NUM(PyBytes_AsStringAndSize(x, &bytes, NULL));
    })
    FOR_XY(ANY, FEW, {
        PyObject *out = Py_NewRef(x);
        PyBytes_Concat(&out, y);
        NEW(out);
        out = Py_NewRef(x);
        PyBytes_ConcatAndDel(&out, Py_NewRef(y));
        NEW(out);
    })
    FOR_XY(BYTES, ANY, NEW(PyBytes_Join(x, y)))
    FOR_X(BYTES, FOR_I({
              PyObject *out = PyBytes_FromStringAndSize("abc", 3);
              if (i < 1000) {
                  NUM(_PyBytes_Resize(&out, i));
                  NEW(out ? PyBytes_FromStringAndSize(PyBytes_AS_STRING(out), i < 3 ? i : 3) : NULL);
              }
              Py_XDECREF(out);
          }))
    FOR_X(ANY, NEW(PyByteArray_FromObject(x)))
    FOR_XY(ANY, FEW, NEW(PyByteArray_Concat(x, y)))
    FOR_X(BYTEARRAYS, {
        NUM(PyByteArray_Size(x));
        TEXT(PyByteArray_AsString(x));
        for (int n = 4; n >= -1; n--) {
            snprintf(numbers, sizeof numbers, ", %d", n);
            NUM(PyByteArray_Resize(x, n));
        }
    })
    NEW(PyBytes_FromFormat("%d|%5d|%-5d|%05d|%c|%s|%.2s|%x|%i|%u|%ld|%lu|%zd|%zu|%%|%q", 1, 2, 3, 4, 'a', "text", "cut",
                           255, -1, 7u, 8l, 9ul, (Py_ssize_t)10, (size_t)11));
    NEW(PyUnicode_FromFormat("%d|%5d|%-5d|%05d|%c|%s|%.2s|%x|%i|%u|%ld|%lu|%zd|%zu|%%", 1, 2, 3, 4, 'a', "text", "cut",
                             255, -1, 7u, 8l, 9ul, (Py_ssize_t)10, (size_t)11));
    FOR_X(ANY, {
        NEW(PyUnicode_FromFormat("%S|%R|%A|%.3S|%.2R|%20.5S|%-20.5R|", x, x, x, x, x, x, x));
        NEW(PyUnicode_FromFormat("%T|%#T|%N|%V|", x, x, Py_TYPE(x), NULL, "other"));
    })
    FOR_X(STRINGS, NEW(PyUnicode_FromFormat("%U|%10U|%-10U|%.2U|%V|", x, x, x, x, x, "other")))
    static const long long wholes[] = {0, 1, -1, 255, -2147483648, 2147483647, INT64_MAX, INT64_MIN};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(wholes); k++) {
        const long long n = wholes[k];
        snprintf(numbers, sizeof numbers, "%lld", n);
        NEW(PyUnicode_FromFormat("%d|%i|%u|%x|%X|%o", (int)n, (int)n, (unsigned)n, (unsigned)n, (unsigned)n,
                                 (unsigned)n));
        NEW(PyUnicode_FromFormat("%ld|%lu|%lx|%lX|%lo", (long)n, (unsigned long)n, (unsigned long)n, (unsigned long)n,
                                 (unsigned long)n));
        NEW(PyUnicode_FromFormat("%lld|%llu|%llx|%jd|%ju", n, n, n, (intmax_t)n, (uintmax_t)n));
        NEW(PyUnicode_FromFormat("%zd|%zu|%zx|%td", (Py_ssize_t)n, (size_t)n, (size_t)n, (ptrdiff_t)n));
        NEW(PyUnicode_FromFormat("%8d|%-8d|%08d|%.4d|%8.4d|%3d|%p", (int)n, (int)n, (int)n, (int)n, (int)n, (int)n,
                                 (void *)(intptr_t)n));
        NEW(PyBytes_FromFormat("%d|%ld|%u|%lu|%zd|%zu|%x|%p", (int)n, (long)n, (unsigned)n, (unsigned long)n,
                               (Py_ssize_t)n, (size_t)n, (int)n, (void *)(intptr_t)n));
    }
    numbers[0] = 0;
}

static void show_writers(void) {
    FOR_X(ANY, {
        PyUnicodeWriter *writer = PyUnicodeWriter_Create(0);
        NUM(PyUnicodeWriter_WriteStr(writer, x));
        NUM(PyUnicodeWriter_WriteRepr(writer, x));
        NUM(PyUnicodeWriter_WriteChar(writer, 0x20ac));
        NUM(PyUnicodeWriter_WriteChar(writer, 0x110000));
        NUM(PyUnicodeWriter_WriteUTF8(writer, "caf\xc3\xa9", -1));
        NUM(PyUnicodeWriter_WriteUTF8(writer, "\xff", 1));
        NUM(PyUnicodeWriter_WriteASCII(writer, "abc", 2));
        NUM(PyUnicodeWriter_WriteUCS4(writer, (const Py_UCS4[]){0x1f600, 'x'}, 2));
        if (PyUnicode_Check(x)) FOR_IJ(NUM(PyUnicodeWriter_WriteSubstring(writer, x, i, j)));
        NUM(PyUnicodeWriter_Format(writer, "%d %S", 5, x));
        NEW(PyUnicodeWriter_Finish(writer));
        writer = PyUnicodeWriter_Create(100);
        NUM(PyUnicodeWriter_WriteStr(writer, x));
        VOID(PyUnicodeWriter_Discard(writer));
    })
    NUM(PyUnicodeWriter_Create(-1) != NULL);
    FOR_X(STRINGS, {
        _PyUnicodeWriter writer;
        _PyUnicodeWriter_Init(&writer);
        NUM(_PyUnicodeWriter_WriteStr(&writer, x));
        NUM(_PyUnicodeWriter_WriteChar(&writer, 0xe9));
        NUM(_PyUnicodeWriter_WriteASCIIString(&writer, "abc", 3));
        NUM(_PyUnicodeWriter_WriteSubstring(&writer, x, 0, PyUnicode_GetLength(x) / 2));
        NEW(_PyUnicodeWriter_Finish(&writer));
        _PyUnicodeWriter_Init(&writer);
        NUM(_PyUnicodeWriter_WriteStr(&writer, x));
        VOID(_PyUnicodeWriter_Dealloc(&writer));
    })
}

MODULE(calls_text, show_one(), show_places(), show_two(), show_made(), show_bytes(), show_writers())
