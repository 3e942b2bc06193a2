# Round trips through tar and every packer, by pipe and by file.
set -eu
mkdir -p tree/sub; seq 1 20000 > tree/numbers; head -c 100000 /dev/zero > tree/sub/zeros; ln -s numbers tree/link; ln tree/numbers tree/hard
export TAR_OPTIONS='--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner'
tar cf - tree | sha256sum
for packer in gzip xz zstd; do
  tar cf - tree | $packer -c > t.$packer; $packer -dc < t.$packer | tar tvf - | wc -l; $packer -q -t t.$packer && echo "$packer is whole"
done
tar czf t.tgz tree; mkdir out; tar xzf t.tgz -C out; diff -r tree out/tree && echo same; readlink out/tree/link
printf 'not a packed file' > broken; gzip -dc broken || echo "gzip $?"; xz -dc broken || echo "xz $?"; zstd -dc broken || echo "zstd $?"
