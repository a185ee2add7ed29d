"""Our programs and GSL's: processes that answer requests by lines (server.h)."""
import subprocess

import numpy as np


class Program:
    def __init__(self, path, *arguments):
        self.path = str(path)
        self.process = subprocess.Popen([self.path, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.path} ended at '{' '.join(map(str, words))}'; its message is above")
        return answer.split()

    def rate(self, work, seconds):
        """Units a second of processor time."""
        units, passed = map(float, self.ask("time", work, seconds))
        return units / passed

    def written(self, work, file):
        self.ask("write", work)
        return np.fromfile(file)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
