/* Random numbers of Windows 10, which Debian 12's Wine does not have under this name. For the Wine of the build and of its tests only. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    return SystemFunction036(buffer, (ULONG)length) ? TRUE : FALSE;
}
