//! Numbers that the C headers give names to.

pub use self::plain::*;

/// Constants under their own names, as `i32`.
mod plain {
    macro_rules! plain {
        ($($name:ident)*) => {$(
            #[doc = concat!("`", stringify!($name), "`.")]
            pub const $name: i32 = libc::$name as i32;
        )*};
    }
    plain! {
        O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_CLOEXEC O_NONBLOCK O_DIRECTORY
        SEEK_SET SEEK_CUR SEEK_END SEEK_HOLE SEEK_DATA
        EISDIR EBADF EAGAIN EINTR ENOENT EEXIST EINVAL ENOTDIR ECHILD EPIPE ERANGE EINPROGRESS EISCONN EALREADY EPERM ETIMEDOUT
        F_RDLCK F_WRLCK F_UNLCK F_SETLK F_SETLKW
        AT_REMOVEDIR AT_SYMLINK_NOFOLLOW AT_SYMLINK_FOLLOW AT_EACCESS
    }
}
