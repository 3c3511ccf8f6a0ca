/* Stands for a browser in Wine and starts the one of this machine, for the demonstration of tools/package_windows_test.py.

   A second process of it says "network.mojom.NetworkService" on its command line, as Chromium's own for the network does, and writes into
   a file for as long as it is not suspended: tools/windows/browser.py does to the real one what is done to this one. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

enum { BEAT_MS = 20, LONGEST = 32000 };

static PROCESS_INFORMATION start(wchar_t *line)
{
    STARTUPINFOW how = {sizeof how};
    PROCESS_INFORMATION made = {0};
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &how, &made))
        exit(3);
    return made;
}

/* Until the first process has ended. */
static int beat(HANDLE first)
{
    const wchar_t *file = _wgetenv(L"VB_BROWSER_BEAT");
    do {
        HANDLE written = CreateFileW(file, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
        DWORD length;
        WriteFile(written, "beat", 4, &length, NULL);
        CloseHandle(written);
    } while (WaitForSingleObject(first, BEAT_MS) == WAIT_TIMEOUT);
    return 0;
}

int main(int count, char **words)
{
    static wchar_t line[LONGEST], own[MAX_PATH];
    HANDLE self;
    wchar_t *rest = GetCommandLineW();
    if (count == 3 && !strcmp(words[1], "network.mojom.NetworkService"))
        return beat((HANDLE)(ULONG_PTR)strtoull(words[2], NULL, 10));
    GetModuleFileNameW(NULL, own, MAX_PATH);
    DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &self, SYNCHRONIZE, TRUE, 0);
    _snwprintf(line, LONGEST, L"\"%ls\" network.mojom.NetworkService %llu", own, (unsigned long long)(ULONG_PTR)self);
    start(line);
    rest = *rest == '"' ? wcschr(rest + 1, '"') + 1 : rest + wcscspn(rest, L" ");
    _snwprintf(line, LONGEST, L"C:\\windows\\system32\\start.exe /unix %ls %ls", _wgetenv(L"VB_BROWSER_SCRIPT"), rest);
    start(line);
    while (GetFileAttributesW(_wgetenv(L"VB_BROWSER_DONE")) == INVALID_FILE_ATTRIBUTES)
        Sleep(BEAT_MS);
    return 0;
}
