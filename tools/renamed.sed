# sed -E -f tools/renamed.sed OLD.java: names of the API before 0.1 become today's. It goes with the release of 0.1.
s/\bAsync\.run\(/Async.call(/g
s/\b(ScopedValue\.)?CallableOp\b/Work/g
s/\bAsyncContextManager\.(<[^()]*>)?of\((([^(),]|\([^()]*\))+)\)/AsyncContextManager.\1ofValue(\2)/g
s/\bExitCase\.succeeded\(\)/ExitCase.success()/g
s/\b([a-z]\w*(\(\))?)\.defer\(/\1.deferAsync(/g
s/\b([a-z]\w*(\(\))?)\.adopt\(/\1.adoptAsync(/g
s/\b(\w*[sS]tack)\.push\(/\1.pushAsync(/g
