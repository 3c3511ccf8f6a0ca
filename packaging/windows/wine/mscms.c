/* Colour profiles: there are none. For a real window under Wine only. */
#include <windows.h>

__declspec(dllexport) HANDLE WINAPI OpenColorProfileW(void *profile, DWORD access, DWORD share, DWORD mode) { return NULL; }
__declspec(dllexport) BOOL WINAPI CloseColorProfile(HANDLE profile) { return TRUE; }
__declspec(dllexport) HANDLE WINAPI WcsCreateIccProfile(HANDLE profile, DWORD options) { return NULL; }

__declspec(dllexport) BOOL WINAPI GetColorProfileFromHandle(HANDLE profile, PBYTE buffer, PDWORD length)
{
    if (length)
        *length = 0;
    return FALSE;
}
