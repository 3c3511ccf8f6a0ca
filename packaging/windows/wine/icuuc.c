/* Windows' own ICU, which Wine lacks: every converter of old encodings is "unsupported". For the Wine of the build and of its tests only.
   Qt6Core names these functions (objdump -p) and asks for them where a text is neither UTF-8, UTF-16 nor Latin-1. */
#define EXPORTED __declspec(dllexport)

enum { UNSUPPORTED = 16 };  /* U_UNSUPPORTED_ERROR, unicode/utypes.h */

static void *refuse(int *error)
{
    if (error)
        *error = UNSUPPORTED;
    return 0;
}

EXPORTED void *ucnv_open(const char *name, int *error) { return refuse(error); }
EXPORTED void ucnv_close(void *converter) {}
EXPORTED void ucnv_reset(void *converter) {}
EXPORTED signed char ucnv_getMaxCharSize(const void *converter) { return 1; }
EXPORTED const char *ucnv_getName(const void *converter, int *error) { return refuse(error); }
EXPORTED const char *ucnv_getStandardName(const char *name, const char *standard, int *error) { return refuse(error); }
EXPORTED const char *ucnv_getAvailableName(int number) { return 0; }
EXPORTED int ucnv_countAvailable(void) { return 0; }

EXPORTED void ucnv_getToUCallBack(const void *converter, void **action, const void **context) { *action = 0; *context = 0; }
EXPORTED void ucnv_getFromUCallBack(const void *converter, void **action, const void **context) { *action = 0; *context = 0; }

EXPORTED void ucnv_setToUCallBack(void *converter, void *action, const void *context, void **old, const void **older, int *error)
{
    refuse(error);
}

EXPORTED void ucnv_setFromUCallBack(void *converter, void *action, const void *context, void **old, const void **older, int *error)
{
    refuse(error);
}

EXPORTED void ucnv_cbToUWriteUChars(void *arguments, const void *source, int length, int index, int *error) { refuse(error); }
EXPORTED void ucnv_cbFromUWriteUChars(void *arguments, const void **source, const void *limit, int index, int *error) { refuse(error); }

EXPORTED void ucnv_toUnicode(void *converter, void **target, const void *limit, const char **source, const char *end, int *offsets,
                             signed char flush, int *error)
{
    refuse(error);
}

EXPORTED void ucnv_fromUnicode(void *converter, char **target, const char *limit, const void **source, const void *end, int *offsets,
                               signed char flush, int *error)
{
    refuse(error);
}

EXPORTED int ucnv_toUCountPending(const void *converter, int *error) { refuse(error); return 0; }
EXPORTED int ucnv_fromUCountPending(const void *converter, int *error) { refuse(error); return 0; }

EXPORTED void UCNV_FROM_U_CALLBACK_SUBSTITUTE(const void *context, void *arguments, const void *units, int length, int point, int reason,
                                              int *error)
{
}

EXPORTED void UCNV_TO_U_CALLBACK_SUBSTITUTE(const void *context, void *arguments, const char *units, int length, int reason, int *error)
{
}
