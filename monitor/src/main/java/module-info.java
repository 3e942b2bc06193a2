/** The monitor {@code km}: boots one x86-64 ELF program in a virtual machine and serves its system calls. */
module io.kmdebug.monitor {
    requires static org.jspecify;
    requires transitive io.kmdebug.machine;
    requires transitive io.kmdebug.rsp;
    requires transitive io.kmdebug.coredump;
    requires org.jnrproject.ffi;
    requires org.jnrproject.jffi;
    requires jdk.unsupported;
    requires aircompressor;
}
