#!/bin/sh
# Runs one C test program, quietly unless it fails: one line with how many tests passed and, with their reasons, those that were skipped.
log="$1.log"
"$1" > "$log" 2>&1
status=$?
if [ "$status" = 0 ]; then
    echo "$(basename "$1"): $(grep -c '^\[       OK \]' "$log") passed"
    grep '^SKIPPED' "$log"
    exit 0
fi
cat "$log"
echo "$(basename "$1"): FAILED (exit code $status)"
exit 1
