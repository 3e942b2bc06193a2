# A repository: commits, a branch, a merge, a conflict, a rebase, tags, log, grep, gc, fsck, a clone over a path, a bundle.
set -eu
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' GIT_CONFIG_NOSYSTEM=1
git init -q -b main r; cd r; git config gc.autoDetach false
for i in 1 2 3; do seq 1 $((i * 10)) > numbers; echo "$i" > "file$i"; git add .; git commit -q -m "commit $i"; done
git checkout -q -b side HEAD~1; echo side > side.txt; git add .; git commit -q -m side
git checkout -q main; git merge -q --no-edit side; git log --oneline --graph
git checkout -q -b clash HEAD~1; echo clash > file1; git commit -qam clash; git checkout -q main; echo other > file1; git commit -qam other
git merge clash || echo "conflict: $?"; git diff --stat; git merge --abort
git checkout -q side; git rebase -q main; git tag -a -m annotated v1; git describe; git grep -n side
git gc -q; git fsck --full; git count-objects -v | grep -E '^(in-pack|packs)'; cd ..; git clone -q r copy; cd copy; git log -1 --format='%H %s'
git bundle create -q ../b.bundle --all; git bundle verify ../b.bundle 2>&1 | tail -n 1; git archive HEAD | tar tf - | sort
git blame -s file1; git status --short; git rev-parse nothing || exit 9
