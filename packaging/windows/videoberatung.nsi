; The installer for Windows. `tools/windows/installers.py` calls makensis with VERSION, NUMBERS, PUBLISHER, FILES, KILOBYTES, LOOKS, OUT and SIGN.
;
; Switches and exit codes are in docs/handbook/windows.md; what is promised there is tried out by tools/package_windows_test.py.
; A new version is laid beside the old one, whole, and takes its place by a change of names: whatever fails before leaves the old one as it was.
Unicode true
Target amd64-unicode  ; the 32-bit one does not run in a Wine with 64 bits alone
!define APP "Videoberatung"
!define PROGRAM "videoberatung.exe"
!define CONSOLE "videoberatung-console.exe"
!define DATA "Videoberatung"                   ; folder of a person's data, below AppData\Local
!define OWN "Software\${APP}"
!define PRESET "Software\${APP}\Preset"        ; what app/services/policy.py reads below the policies
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define APP_PATHS "Software\Microsoft\Windows\CurrentVersion\App Paths\${PROGRAM}"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define PROFILES "SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList"

; Exit codes, as Windows Installer has them where it has one (winerror.h).
!define NO_SPACE_LEFT 112          ; ERROR_DISK_FULL
!define BAD_SWITCH 87              ; ERROR_INVALID_PARAMETER
!define FAILED 1603                ; ERROR_INSTALL_FAILURE
!define STOPPED 1602               ; ERROR_INSTALL_USEREXIT
!define NOT_THERE 1605             ; ERROR_UNKNOWN_PRODUCT
!define BUSY 1618                  ; ERROR_INSTALL_ALREADY_RUNNING; Intune and Configuration Manager try again later
!define WRONG_SYSTEM 1633          ; ERROR_INSTALL_PLATFORM_UNSUPPORTED
!define ANOTHER_VERSION 1638       ; ERROR_PRODUCT_VERSION
!define NOT_ALLOWED 1925           ; message 1925: not enough privileges for all users of the machine

!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include WordFunc.nsh
!include x64.nsh

Name "${APP}"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\${APP}"
RequestExecutionLevel highest
ManifestDPIAware true
ManifestSupportedOS all
BrandingText "${APP} ${VERSION}"
!ifdef QUICK
  SetCompressor /SOLID zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
SetDatablockOptimize on
SetDateSave on
CRCCheck force
AllowSkipFiles off
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
!endif
VIProductVersion "${NUMBERS}"
VIFileVersion "${NUMBERS}"
!macro SAYS LANGUAGE DESCRIPTION
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "${APP}"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "${PUBLISHER}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${DESCRIPTION}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "EUPL-1.2; as a whole GPL-3.0-or-later"
!macroend
!insertmacro SAYS 1031 "${APP}: Installation"
!insertmacro SAYS 1033 "${APP}: installation"

Var Scope          ; "all" or "me"
Var Rights         ; "1" where everybody's programs may be written
Var Server
Var Autostart
Var DesktopSign    ; these two: "1", "0", or nothing said
Var Firewall
Var Purge
Var Fresh          ; "1" where nothing was installed before
Var First
Var Second
Var Third
Var Fourth

!define MUI_ICON "${LOOKS}/videoberatung.ico"
!define MUI_UNICON "${LOOKS}/videoberatung.ico"
!define MUI_HEADERIMAGE
!define MUI_HEADERIMAGE_RIGHT
!define MUI_HEADERIMAGE_BITMAP "${LOOKS}/header.bmp"
!define MUI_HEADERIMAGE_UNBITMAP "${LOOKS}/header.bmp"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${LOOKS}/side.bmp"
!define MUI_ABORTWARNING
!define MUI_CUSTOMFUNCTION_ABORT Stopped
!define MUI_CUSTOMFUNCTION_UNABORT un.Stopped
!define MUI_WELCOMEPAGE_TITLE "${APP} ${VERSION}"
!define MUI_WELCOMEPAGE_TEXT "$(WELCOME_TEXT)"
!define MUI_FINISHPAGE_TITLE "$(FINISH_TITLE)"
!define MUI_FINISHPAGE_TEXT "$(FINISH_TEXT)"
!define MUI_FINISHPAGE_NOAUTOCLOSE
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!define MUI_FINISHPAGE_RUN_TEXT "$(FINISH_RUN)"

!insertmacro MUI_PAGE_WELCOME
Page custom ScopePage ScopeChosen
Page custom OptionsPage OptionsChosen
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipOverEarlier
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
UninstPage custom un.PurgePage un.PurgeChosen
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "English"
!include texts-de.nsh
!include texts-en.nsh

; --- What both halves ask -------------------------------------------------------------------------------------------------------

; Ends with an exit code, after a sentence where somebody looks on.
!macro END_WITH CODE TEXT
  SetErrorLevel ${CODE}
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  Quit
!macroend
!define EndWith "!insertmacro END_WITH"

!macro TAKE_SCOPE
  ${If} $Scope == "all"
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
!macroend

; "1" in $0 while a program from this folder runs, whoever started it. Windows lets nobody write a program that runs.
!macro RUNNING UN
Function ${UN}Running
  StrCpy $0 "0"
  Push "${CONSOLE}"
  Push "${PROGRAM}"
  ${Do}
    Pop $R1
    ${If} ${FileExists} "$INSTDIR\program\$R1"
      ClearErrors
      FileOpen $R2 "$INSTDIR\program\$R1" a
      ${If} ${Errors}
        StrCpy $0 "1"
      ${Else}
        FileClose $R2
      ${EndIf}
    ${EndIf}
  ${LoopUntil} $R1 == "${CONSOLE}"
  ClearErrors
FunctionEnd

Function ${UN}WaitForEnd
  ${Do}
    Call ${UN}Running
    ${If} $0 == "0"
      ${Break}
    ${EndIf}
    ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(RUNS)" /SD IDCANCEL IDCANCEL`
      SetErrorLevel ${BUSY}
      Quit
    ${EndIf}
  ${Loop}
FunctionEnd
!macroend
!insertmacro RUNNING ""
!insertmacro RUNNING "un."

; --- The beginning --------------------------------------------------------------------------------------------------------------

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    ${EndWith} ${WRONG_SYSTEM} "$(WRONG_WINDOWS)"
  ${EndIf}
  SetRegView 64
  UserInfo::GetAccountType
  Pop $0
  StrCpy $Rights "0"
  ${If} $0 == "Admin"
    StrCpy $Rights "1"
  ${EndIf}
  Call ReadSwitches
  Call ChooseScope
  Call LookAtEarlier
FunctionEnd

; A switch that nobody knows is refused: a roll-out with a slip of the pen must not look like a success.
Function ReadSwitches
  ${GetParameters} $R0
  ${Do}
    Call NextWord
    ${If} $0 == ""
      ${Break}
    ${EndIf}
    StrCpy $R1 $0 8
    StrCpy $R2 $0 "" 8
    ${If} $0 == "/S"
      Nop
    ${ElseIf} $0 == "/ALLUSERS"
      StrCpy $Scope "all"
    ${ElseIf} $0 == "/CURRENTUSER"
      StrCpy $Scope "me"
    ${ElseIf} $0 == "/REMOVE"
      Call Remove
    ${ElseIf} $R1 == "/SERVER="
      StrCpy $Server $R2
      StrCpy $R3 $R2 6
      StrCpy $R4 $R2 8
      ${If} $R2 != ""
      ${AndIf} $R3 != "wss://"
      ${AndIf} $R4 != "https://"
        ${EndWith} ${BAD_SWITCH} "$(WRONG_SWITCH)"
      ${EndIf}
      StrCpy $Second "given"
    ${Else}
      Call ReadYesNo
    ${EndIf}
  ${Loop}
FunctionEnd

Function ReadYesNo
  ${If} $0 == "/AUTOSTART=1"
    StrCpy $Autostart "1"
  ${ElseIf} $0 == "/AUTOSTART=0"
    StrCpy $Autostart "0"
  ${ElseIf} $0 == "/DESKTOP=1"
    StrCpy $DesktopSign "1"
  ${ElseIf} $0 == "/DESKTOP=0"
    StrCpy $DesktopSign "0"
  ${ElseIf} $0 == "/FIREWALL=1"
    StrCpy $Firewall "1"
  ${ElseIf} $0 == "/FIREWALL=0"
    StrCpy $Firewall "0"
  ${Else}
    ${EndWith} ${BAD_SWITCH} "$(WRONG_SWITCH)"
  ${EndIf}
FunctionEnd

; Takes the next word off $R0 and gives it in $0. /D= goes to the end of the line and NSIS has taken it already.
Function NextWord
  StrCpy $0 ""
  ${Do}
    StrCpy $R9 $R0 1
    StrCpy $R0 $R0 "" 1
    ${If} $R9 == ""
      ${Break}
    ${ElseIf} $R9 == " "
      ${If} $0 != ""
        ${Break}
      ${EndIf}
    ${Else}
      StrCpy $0 "$0$R9"
    ${EndIf}
  ${Loop}
FunctionEnd

; What is installed already keeps its place; otherwise everybody's where there are the rights, and one's own where there are none.
; Without a window nobody is asked: there it is everybody's unless a switch says otherwise, and without the rights nothing is done.
Function ChooseScope
  ReadRegStr $R1 HKLM "${OWN}" "InstallDir"
  ReadRegStr $R2 HKCU "${OWN}" "InstallDir"
  ${If} $Scope == ""
    ${If} $R1 == ""
    ${AndIf} $R2 != ""
      StrCpy $Scope "me"
    ${ElseIf} $Rights == "1"
    ${OrIf} ${Silent}
      StrCpy $Scope "all"
    ${Else}
      StrCpy $Scope "me"
    ${EndIf}
  ${EndIf}
  ${If} $Scope == "me"
  ${AndIf} $R1 != ""
    ${EndWith} ${ANOTHER_VERSION} "$(OTHER_SCOPE)"
  ${EndIf}
  ${If} $Scope == "all"
  ${AndIf} $Rights != "1"
    ${EndWith} ${NOT_ALLOWED} "$(NO_RIGHTS)"
  ${EndIf}
FunctionEnd

Function LookAtEarlier
  !insertmacro TAKE_SCOPE
  ReadRegStr $R1 SHCTX "${OWN}" "InstallDir"
  StrCpy $Fresh "1"
  ${If} $R1 != ""
    StrCpy $Fresh "0"
    StrCpy $INSTDIR $R1
  ${ElseIf} $Scope == "me"
  ${AndIf} $INSTDIR == "$PROGRAMFILES64\${APP}"
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${APP}"
  ${EndIf}
  ReadRegStr $0 HKLM "${OWN}" "Installer"
  ${If} $0 == "msi"
    ${EndWith} ${ANOTHER_VERSION} "$(MSI_THERE)"
  ${EndIf}
  ReadRegStr $1 SHCTX "${OWN}" "Version"
  ${VersionCompare} "$1" "${VERSION}" $0
  ${If} $1 != ""
  ${AndIf} $0 == "1"
    ${EndWith} ${ANOTHER_VERSION} "$(NEWER_THERE)"
  ${EndIf}
  Call KeepWhatIsSet
FunctionEnd

; What no switch says stays as it is.
Function KeepWhatIsSet
  ${If} $Second != "given"
    ReadRegStr $Server SHCTX "${PRESET}" "server_url"
  ${EndIf}
  ${If} $Autostart == ""
    ReadRegDWORD $0 SHCTX "${PRESET}" "autostart"
    ${IfThen} $0 == "1" ${|} StrCpy $Autostart "1" ${|}
  ${EndIf}
  ${If} $DesktopSign == ""
  ${AndIf} ${FileExists} "$DESKTOP\${APP}.lnk"
    StrCpy $DesktopSign "1"
  ${EndIf}
  ${If} $Firewall == ""
    ReadRegStr $0 SHCTX "${OWN}" "FirewallRule"
    ${IfThen} $0 == "1" ${|} StrCpy $Firewall "1" ${|}
  ${EndIf}
  ClearErrors
FunctionEnd

; The uninstaller that stands in the folder ends at once and goes on from another place; this one waits for it and gives its exit code.
Function Remove
  ReadRegStr $R1 HKLM "${OWN}" "InstallDir"
  ${If} $R1 == ""
    ReadRegStr $R1 HKCU "${OWN}" "InstallDir"
  ${EndIf}
  ${IfNot} ${FileExists} "$R1\program\uninstall.exe"
    ${EndWith} ${NOT_THERE} "$(NOT_INSTALLED)"
  ${EndIf}
  InitPluginsDir
  CopyFiles /SILENT "$R1\program\uninstall.exe" "$PLUGINSDIR\uninstall.exe"
  StrCpy $R2 ""
  ${IfThen} ${Silent} ${|} StrCpy $R2 "/S" ${|}
  ${Do}
    Call NextWord
    ${If} $0 == "/PURGE=1"
      StrCpy $R2 "$R2 /PURGE=1"
    ${ElseIf} $0 == "/S"
      SetSilent silent
      StrCpy $R2 "$R2 /S"
    ${ElseIf} $0 != ""
    ${AndIf} $0 != "/PURGE=0"
      ${EndWith} ${BAD_SWITCH} "$(WRONG_SWITCH)"
    ${EndIf}
  ${LoopUntil} $0 == ""
  ExecWait '"$PLUGINSDIR\uninstall.exe" $R2 _?=$R1\program' $0
  SetErrorLevel $0
  Quit
FunctionEnd

; --- Pages ----------------------------------------------------------------------------------------------------------------------

Function ScopePage
  ${If} $Fresh == "0"
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(SCOPE_TITLE)" "$(SCOPE_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 4u 100% 12u "$(SCOPE_ALL)"
  Pop $First
  ${NSD_CreateLabel} 12u 18u 95% 22u "$(SCOPE_ALL_MORE)"
  Pop $0
  ${NSD_CreateRadioButton} 0 50u 100% 12u "$(SCOPE_ME)"
  Pop $Second
  ${NSD_CreateLabel} 12u 64u 95% 22u "$(SCOPE_ME_MORE)"
  Pop $0
  ${If} $Rights != "1"
    EnableWindow $First 0
    ${NSD_CreateLabel} 12u 100u 95% 22u "$(SCOPE_NO_RIGHTS)"
    Pop $0
  ${EndIf}
  ${If} $Scope == "all"
    ${NSD_Check} $First
    ${NSD_SetFocus} $First
  ${Else}
    ${NSD_Check} $Second
    ${NSD_SetFocus} $Second
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function ScopeChosen
  ${NSD_GetState} $First $0
  ${If} $0 == ${BST_CHECKED}
    StrCpy $Scope "all"
    StrCpy $INSTDIR "$PROGRAMFILES64\${APP}"
  ${Else}
    StrCpy $Scope "me"
    SetShellVarContext current
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${APP}"
  ${EndIf}
  !insertmacro TAKE_SCOPE
FunctionEnd

Function OptionsPage
  !insertmacro MUI_HEADER_TEXT "$(OPTIONS_TITLE)" "$(OPTIONS_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 12u "$(OPTION_SERVER)"
  Pop $0
  ${NSD_CreateText} 0 13u 100% 13u "$Server"
  Pop $First
  ${NSD_CreateLabel} 0 29u 100% 12u "$(OPTION_SERVER_EXAMPLE)"
  Pop $0
  ${NSD_CreateCheckBox} 0 50u 100% 12u "$(OPTION_AUTOSTART)"
  Pop $Second
  ${If} $Autostart == "1"
    ${NSD_Check} $Second
  ${EndIf}
  ${NSD_CreateCheckBox} 0 66u 100% 12u "$(OPTION_DESKTOP)"
  Pop $Third
  ${If} $DesktopSign == "1"
    ${NSD_Check} $Third
  ${EndIf}
  ${NSD_CreateCheckBox} 0 82u 100% 12u "$(OPTION_FIREWALL)"
  Pop $Fourth
  ${If} $Firewall == "1"
    ${NSD_Check} $Fourth
  ${EndIf}
  ${If} $Scope == "me"  ; one person says so in the program's own settings, and opens no firewall
    ShowWindow $Second ${SW_HIDE}
    ShowWindow $Fourth ${SW_HIDE}
  ${EndIf}
  ${NSD_SetFocus} $First
  nsDialogs::Show
FunctionEnd

Function OptionsChosen
  ${NSD_GetText} $First $Server
  StrCpy $R3 $Server 6
  StrCpy $R4 $Server 8
  ${If} $Server != ""
  ${AndIf} $R3 != "wss://"
  ${AndIf} $R4 != "https://"
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(SERVER_WRONG)"
    Abort
  ${EndIf}
  ${NSD_GetState} $Second $Autostart
  ${NSD_GetState} $Third $DesktopSign
  ${NSD_GetState} $Fourth $Firewall
FunctionEnd

Function SkipOverEarlier
  ${If} $Fresh == "0"
    Abort
  ${EndIf}
FunctionEnd

; By the desktop, with the person's own rights and not with an administrator's.
Function StartProgram
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\program\${PROGRAM}"'
FunctionEnd

Function Stopped
  SetErrorLevel ${STOPPED}
FunctionEnd

Function un.Stopped
  SetErrorLevel ${STOPPED}
FunctionEnd

; --- The work -------------------------------------------------------------------------------------------------------------------

Section "-${APP}" Whole
  AddSize ${KILOBYTES}  ; makensis counts no files of functions
  !insertmacro TAKE_SCOPE
  Call WaitForEnd
  Call LookAtFolder
  Call LookAtSpace
  Call LayBeside
  Call ChangePlaces
  Call Register
SectionEnd

; A folder of somebody else's is left alone; where an earlier run was cut off between two names, the old version gets its own back.
Function LookAtFolder
  ${If} ${FileExists} "$INSTDIR\program.old\${PROGRAM}"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\${PROGRAM}"
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\program\*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\${PROGRAM}"
    ${EndWith} ${FAILED} "$(FOREIGN_FOLDER)"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  ClearErrors
  CreateDirectory "$INSTDIR\program.new"
  ${If} ${Errors}
    ${EndWith} ${NOT_ALLOWED} "$(NO_RIGHTS)"
  ${EndIf}
FunctionEnd

Function LookAtSpace
  SectionGetSize ${Whole} $1
  ${GetRoot} "$INSTDIR" $0
  ${DriveSpace} "$0\" "/D=F /S=K" $2
  ${If} $2 L< $1
    IntOp $2 $1 - $2
    IntOp $2 $2 / 1024
    IntOp $2 $2 + 1
    RMDir "$INSTDIR\program.new"
    RMDir "$INSTDIR"
    ${EndWith} ${NO_SPACE_LEFT} "$(NO_SPACE)"
  ${EndIf}
FunctionEnd

Function LayBeside
  SetErrorLevel ${FAILED}
  ClearErrors
  !include "${FILES}"
  ${IfNot} ${Errors}
    WriteUninstaller "$INSTDIR\program.new\uninstall.exe"
  ${EndIf}
  SetOutPath "$TEMP"
  ${If} ${Errors}
    Abort "$(NOT_WRITTEN)"
  ${EndIf}
FunctionEnd

Function ChangePlaces
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\program\${PROGRAM}"
    Rename "$INSTDIR\program" "$INSTDIR\program.old"
    ${If} ${Errors}
      SetErrorLevel ${BUSY}
      Abort "$(NOT_WRITTEN)"
    ${EndIf}
  ${EndIf}
  Rename "$INSTDIR\program.new" "$INSTDIR\program"
  ${If} ${Errors}
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
    Abort "$(NOT_WRITTEN)"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"
  SetErrorLevel 0
FunctionEnd

Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\program.new"
  RMDir "$INSTDIR"
  MessageBox MB_OK|MB_ICONSTOP "$(NOT_WRITTEN)" /SD IDOK
FunctionEnd

Function Register
  Call RegisterProgram
  Call RegisterRemoval
  Call MakeShortcuts
  Call SetOptions
FunctionEnd

Function RegisterProgram
  WriteRegStr SHCTX "${OWN}" "InstallDir" "$INSTDIR"
  WriteRegStr SHCTX "${OWN}" "Version" "${VERSION}"
  WriteRegStr SHCTX "${OWN}" "Installer" "exe"
  WriteRegStr SHCTX "${APP_PATHS}" "" "$INSTDIR\program\${PROGRAM}"
  ; At sign-in the program looks whether the person, or IT, wants it to stay, and ends at once if not.
  WriteRegStr SHCTX "${RUN}" "${APP}" '"$INSTDIR\program\${PROGRAM}" --autostart'
FunctionEnd

Function RegisterRemoval
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayName" "${APP}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${UNINSTALL}" "DisplayIcon" "$INSTDIR\program\${PROGRAM}"
  WriteRegStr SHCTX "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL}" "UninstallString" '"$INSTDIR\program\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\program\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL}" "NoRepair" 1
  SectionGetSize ${Whole} $0
  WriteRegDWORD SHCTX "${UNINSTALL}" "EstimatedSize" "$0"
FunctionEnd

Function MakeShortcuts
  SetOutPath "$INSTDIR\program"  ; becomes their working folder
  CreateDirectory "$SMPROGRAMS\${APP}"
  CreateShortcut "$SMPROGRAMS\${APP}\${APP}.lnk" "$INSTDIR\program\${PROGRAM}" "" "" 0 SW_SHOWNORMAL "" "$(HINT_PROGRAM)"
  CreateShortcut "$SMPROGRAMS\${APP}\$(SHORTCUT_TRAINING).lnk" "$INSTDIR\program\${PROGRAM}" "--training" "" 0 SW_SHOWNORMAL "" "$(HINT_TRAINING)"
  ${If} $DesktopSign == "1"
    CreateShortcut "$DESKTOP\${APP}.lnk" "$INSTDIR\program\${PROGRAM}" "" "" 0 SW_SHOWNORMAL "" "$(HINT_PROGRAM)"
  ${Else}
    Delete "$DESKTOP\${APP}.lnk"
  ${EndIf}
  SetOutPath "$TEMP"  ; or the folder could not be renamed by the next version
FunctionEnd

Function SetOptions
  ${If} $Server != ""
    WriteRegStr SHCTX "${PRESET}" "server_url" "$Server"
  ${Else}
    DeleteRegValue SHCTX "${PRESET}" "server_url"
  ${EndIf}
  ${If} $Autostart == "1"
    WriteRegDWORD SHCTX "${PRESET}" "autostart" 1
  ${Else}
    DeleteRegValue SHCTX "${PRESET}" "autostart"
  ${EndIf}
  DeleteRegKey /ifempty SHCTX "${PRESET}"
  ${If} $Scope == "all"
    Call SetFirewall
  ${EndIf}
  ClearErrors
FunctionEnd

Function SetFirewall
  ReadRegStr $0 SHCTX "${OWN}" "FirewallRule"
  ${If} $0 == "1"
    nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${APP}"'
    Pop $0
    DeleteRegValue SHCTX "${OWN}" "FirewallRule"
  ${EndIf}
  ${If} $Firewall == "1"
    nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${APP}" dir=in action=allow program="$INSTDIR\program\${PROGRAM}" profile=domain,private enable=yes'
    Pop $0
    ${If} $0 == "0"
      WriteRegStr SHCTX "${OWN}" "FirewallRule" "1"
    ${Else}
      DetailPrint "$(NO_FIREWALL)"
    ${EndIf}
  ${EndIf}
FunctionEnd

; --- The removal ----------------------------------------------------------------------------------------------------------------

Function un.onInit
  SetRegView 64
  ${GetParent} "$INSTDIR" $INSTDIR  ; this program lies in its folder `program`
  ReadRegStr $0 HKLM "${OWN}" "InstallDir"
  StrCpy $Scope "me"
  ${If} $0 == $INSTDIR
    StrCpy $Scope "all"
    UserInfo::GetAccountType
    Pop $0
    ${If} $0 != "Admin"
      ${EndWith} ${NOT_ALLOWED} "$(NO_RIGHTS)"
    ${EndIf}
  ${EndIf}
  !insertmacro TAKE_SCOPE
  ${GetParameters} $R0
  ${GetOptions} $R0 "/PURGE=" $Purge
  ClearErrors
FunctionEnd

Function un.PurgePage
  !insertmacro MUI_HEADER_TEXT "$(PURGE_TITLE)" "$(PURGE_SUBTITLE)"
  nsDialogs::Create 1018
  Pop $0
  ${If} $Scope == "all"
    ${NSD_CreateCheckBox} 0 4u 100% 12u "$(PURGE_ALL)"
  ${Else}
    ${NSD_CreateCheckBox} 0 4u 100% 12u "$(PURGE_ME)"
  ${EndIf}
  Pop $First
  ${NSD_CreateLabel} 12u 24u 95% 60u "$(PURGE_MORE)"
  Pop $0
  nsDialogs::Show
FunctionEnd

Function un.PurgeChosen
  ${NSD_GetState} $First $Purge
FunctionEnd

Section "Uninstall"
  !insertmacro TAKE_SCOPE
  Call un.WaitForEnd
  SetErrorLevel ${FAILED}
  ${If} $Purge == "1"
    Call un.PurgeKeys
  ${EndIf}
  Call un.RemoveFirewall
  SetOutPath "$TEMP"
  RMDir /r "$SMPROGRAMS\${APP}"
  Delete "$DESKTOP\${APP}.lnk"
  DeleteRegKey SHCTX "${APP_PATHS}"
  DeleteRegValue SHCTX "${RUN}" "${APP}"
  RMDir /r "$INSTDIR\program"
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  RMDir "$INSTDIR"
  DeleteRegKey SHCTX "${UNINSTALL}"
  DeleteRegKey SHCTX "${OWN}"
  ${If} $Scope == "me"
    Call un.RemoveEmptyParents
  ${EndIf}
  ${If} $Purge == "1"
    Call un.PurgeData
  ${EndIf}
  SetErrorLevel 0
SectionEnd

; A person who never installed anything for themselves had none of these before.
Function un.RemoveEmptyParents
  RMDir "$LOCALAPPDATA\Programs"
  DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths"
  DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall"
FunctionEnd

Function un.RemoveFirewall
  ReadRegStr $0 SHCTX "${OWN}" "FirewallRule"
  ${If} $0 == "1"
    nsExec::Exec '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${APP}"'
    Pop $0
  ${EndIf}
FunctionEnd

; Windows gives a person's keys to that person only: those of others stay, and open nothing any more.
Function un.PurgeKeys
  nsExec::Exec '"$INSTDIR\program\${CONSOLE}" purge --yes'
  Pop $0
FunctionEnd

Function un.PurgeData
  ${If} $Scope == "me"
    RMDir /r "$LOCALAPPDATA\${DATA}"
    Return
  ${EndIf}
  StrCpy $R1 0
  ${Do}
    EnumRegKey $R2 HKLM "${PROFILES}" $R1
    ${If} $R2 == ""
      ${Break}
    ${EndIf}
    ReadRegStr $R3 HKLM "${PROFILES}\$R2" "ProfileImagePath"
    ExpandEnvStrings $R3 "$R3"
    ${If} $R3 != ""
      RMDir /r "$R3\AppData\Local\${DATA}"
    ${EndIf}
    IntOp $R1 $R1 + 1
  ${Loop}
FunctionEnd
