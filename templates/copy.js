(function(){var b=document.getElementById("copy"),f=document.getElementById("address");
if(!navigator.clipboard)return;b.hidden=false;
b.addEventListener("click",function(){navigator.clipboard.writeText(f.value).then(function(){b.textContent=b.dataset.done})})})();
