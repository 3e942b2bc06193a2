// Threads, channels, a mutex, scoped threads, sockets, a caught panic, a process status.
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

fn main() {
    let (sender, receiver) = mpsc::channel();
    let shared = Arc::new(Mutex::new(BTreeMap::new()));
    let threads: Vec<_> = (0..16u64)
        .map(|n| {
            let (sender, shared) = (sender.clone(), shared.clone());
            let work = move || {
                for k in 0..1000u64 {
                    *shared.lock().unwrap().entry(k % 10).or_insert(0u64) += k * n;
                }
                sender.send((n, thread::current().name().unwrap().to_string())).unwrap();
            };
            thread::Builder::new().name(format!("worker {}", n)).spawn(work).unwrap()
        })
        .collect();
    drop(sender);
    let mut got: Vec<_> = receiver.iter().collect();
    got.sort();
    for thread in threads {
        thread.join().unwrap();
    }
    println!("{:?}\n{:?}", got, shared.lock().unwrap());

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        client.write_all(text.to_uppercase().as_bytes()).unwrap();
    });
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"hello from rust").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    server.join().unwrap();
    println!("{}", text);

    std::panic::set_hook(Box::new(|_| eprintln!("a panic")));
    let empty: Vec<u8> = Vec::new();
    let panicked = thread::spawn(move || empty[std::env::args().count()]).join().is_err();
    println!("panicked {}", panicked);
    std::process::exit(11);
}
