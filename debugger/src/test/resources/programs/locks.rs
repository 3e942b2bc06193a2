// Two threads that wait for each other.
use std::sync::{Arc, Barrier, Mutex};
use std::{fs, process, thread, time::Duration};
fn takes(own: Arc<Mutex<i32>>, other: Arc<Mutex<i32>>, ready: Arc<Barrier>) {
    let _held = own.lock().unwrap();
    ready.wait();
    let _never = other.lock().unwrap();
}
fn all_sleep() -> bool {
    let me = process::id().to_string();
    fs::read_dir("/proc/self/task").unwrap().all(|task| {
        let task = task.unwrap();
        if task.file_name().to_str().unwrap() == me { return true; }
        let stat = fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        stat.rsplit(')').next().unwrap_or("").starts_with(" S")
    })
}
fn main() {
    let (a, b) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
    let ready = Arc::new(Barrier::new(2));
    let (a2, b2, r2) = (a.clone(), b.clone(), ready.clone());
    thread::spawn(move || takes(a2, b2, r2));
    thread::spawn(move || takes(b, a, ready));
    let mut looks = 0;
    while looks < 3 { thread::sleep(Duration::from_millis(5)); looks = if all_sleep() { looks + 1 } else { 0 }; }
    process::abort();
}
