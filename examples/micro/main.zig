//! An HTTP server that needs nothing in its image but itself: no libc, no shell, no files.
//! zig build-exe main.zig -O ReleaseSmall -fstrip -fsingle-threaded -target x86_64-linux-none

const std = @import("std");
const linux = std.os.linux;

const port = 8080;
const page = "Hello from an image that weighs as much as its binary.\n";

pub fn main() u8 {
    stopOn(.TERM);
    stopOn(.INT);
    const listener = listen() orelse {
        say(2, "cannot listen on port 8080\n");
        return 1;
    };
    say(1, "listening on port 8080\n");
    while (true) {
        const accepted = linux.accept4(listener, null, null, linux.SOCK.CLOEXEC);
        if (linux.errno(accepted) != .SUCCESS) continue;
        const connection: i32 = @intCast(accepted);
        answer(connection);
        _ = linux.close(connection);
    }
}

/// The kernel ignores signals to process 1 that have no handler; without this `docker stop` waits ten seconds.
fn stopOn(signal: linux.SIG) void {
    const action: linux.Sigaction = .{
        .handler = .{ .handler = stop },
        .mask = linux.sigemptyset(),
        .flags = 0,
    };
    _ = linux.sigaction(signal, &action, null);
}

fn stop(_: linux.SIG) callconv(.c) void {
    linux.exit_group(0);
}

fn listen() ?i32 {
    const opened = linux.socket(linux.AF.INET, linux.SOCK.STREAM | linux.SOCK.CLOEXEC, 0);
    if (linux.errno(opened) != .SUCCESS) return null;
    const listener: i32 = @intCast(opened);
    const on: u32 = 1;
    _ = linux.setsockopt(listener, linux.SOL.SOCKET, linux.SO.REUSEADDR, std.mem.asBytes(&on), @sizeOf(u32));
    const address: linux.sockaddr.in = .{ .port = std.mem.nativeToBig(u16, port), .addr = 0 };
    if (linux.errno(linux.bind(listener, @ptrCast(&address), @sizeOf(linux.sockaddr.in))) != .SUCCESS) return null;
    if (linux.errno(linux.listen(listener, 128)) != .SUCCESS) return null;
    return listener;
}

fn answer(connection: i32) void {
    const patience: linux.timeval = .{ .sec = 5, .usec = 0 };
    _ = linux.setsockopt(connection, linux.SOL.SOCKET, linux.SO.RCVTIMEO, std.mem.asBytes(&patience), @sizeOf(linux.timeval));
    var request: [4096]u8 = undefined;
    var length: usize = 0;
    while (std.mem.indexOf(u8, request[0..length], "\r\n\r\n") == null) {
        if (length == request.len) return send(connection, response("431 Request Header Fields Too Large", ""));
        const received = linux.read(connection, request[length..].ptr, request.len - length);
        if (linux.errno(received) != .SUCCESS or received == 0) return;
        length += received;
    }
    const head = request[0..length];
    if (std.mem.startsWith(u8, head, "GET / ")) return send(connection, response("200 OK", page));
    if (std.mem.startsWith(u8, head, "GET ")) return send(connection, response("404 Not Found", "Nothing here.\n"));
    send(connection, response("405 Method Not Allowed", ""));
}

fn response(comptime status: []const u8, comptime body: []const u8) []const u8 {
    return std.fmt.comptimePrint("HTTP/1.1 {s}\r\nContent-Type: text/plain\r\nContent-Length: {d}\r\nConnection: close\r\n\r\n{s}", .{ status, body.len, body });
}

fn send(connection: i32, bytes: []const u8) void {
    var sent: usize = 0;
    while (sent < bytes.len) {
        const count = linux.sendto(connection, bytes[sent..].ptr, bytes.len - sent, linux.MSG.NOSIGNAL, null, 0);
        if (linux.errno(count) != .SUCCESS) return;
        sent += count;
    }
}

fn say(stream: i32, text: []const u8) void {
    _ = linux.write(stream, text.ptr, text.len);
}
