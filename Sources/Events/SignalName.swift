/// The name of a signal as Linux numbers them on x86 and Arm; a number where it has none.
func signalName(_ number: UInt32) -> String {
    guard number > 0, number <= UInt32(signalNames.count) else { return String(number) }
    return "SIG" + signalNames[Int(number) - 1]
}

private let signalNames = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
]
